import { matchingBlocks } from './sequence-matcher.ts';

const CONTEXT = 3;

interface Change {
  aFrom: number;
  aTo: number;
  bFrom: number;
  bTo: number;
}

function changesOf(a: readonly string[], b: readonly string[]): Change[] {
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  for (const block of [...matchingBlocks(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (i < block.a || j < block.b) changes.push({ aFrom: i, aTo: block.a, bFrom: j, bTo: block.b });
    [i, j] = [block.a + block.size, block.b + block.size];
  }
  return changes;
}

/** Changes that share their context stand in one hunk. */
function hunksOf(changes: readonly Change[]): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    if (last && change.aFrom - last.at(-1)!.aTo <= 2 * CONTEXT) last.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function rangeText(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return String(from + 1);
  return `${length === 0 ? from : from + 1},${length}`;
}

function hunkText(hunk: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const [first, last] = [hunk[0]!, hunk.at(-1)!];
  const before = Math.min(CONTEXT, first.aFrom);
  const after = Math.min(CONTEXT, a.length - last.aTo);
  const lines = [
    `@@ -${rangeText(first.aFrom - before, last.aTo + after)} +${rangeText(first.bFrom - before, last.bTo + after)} @@`,
  ];
  let i = first.aFrom - before;
  for (const { aFrom, aTo, bFrom, bTo } of hunk) {
    for (; i < aFrom; i++) lines.push(` ${a[i]}`);
    for (; i < aTo; i++) lines.push(`-${a[i]}`);
    for (let j = bFrom; j < bTo; j++) lines.push(`+${b[j]}`);
  }
  for (; i < last.aTo + after; i++) lines.push(` ${a[i]}`);
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * What an error text shows of two states of an object (apimachinery's util/diff): a unified diff of their JSON. The arguments are in Go's
 * form, see go-struct.ts.
 */
export function objectDiff(old: unknown, object: unknown): string {
  const lines = (value: unknown): string[] => JSON.stringify(value, null, 1).split('\n');
  const [a, b] = [lines(old), lines(object)];
  return hunksOf(changesOf(a, b))
    .map((hunk) => hunkText(hunk, a, b))
    .join('');
}
