/** A run of `size` equal lines at `a` and `b`. */
export interface Block {
  a: number;
  b: number;
  size: number;
}

const POPULAR_FROM = 200;

/** Where each line stands in `lines`, without those that are everywhere in a long text. */
function positions(lines: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  lines.forEach((line, i) => {
    const known = found.get(line);
    if (known) known.push(i);
    else found.set(line, [i]);
  });
  if (lines.length >= POPULAR_FROM) {
    const most = Math.floor(lines.length / 100) + 1;
    for (const [line, at] of found) if (at.length > most) found.delete(line);
  }
  return found;
}

/** Ratcliff-Obershelp matching, as Python's difflib and its Go port do it: the longest run first, then left and right of it. */
export function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const where = positions(b);

  const longest = (alo: number, ahi: number, blo: number, bhi: number): Block => {
    const best: Block = { a: alo, b: blo, size: 0 };
    let lengths = new Map<number, number>();
    for (let i = alo; i < ahi; i++) {
      const next = new Map<number, number>();
      for (const j of where.get(a[i]!) ?? []) {
        if (j < blo) continue;
        if (j >= bhi) break;
        const size = (lengths.get(j - 1) ?? 0) + 1;
        next.set(j, size);
        if (size > best.size) Object.assign(best, { a: i - size + 1, b: j - size + 1, size });
      }
      lengths = next;
    }
    while (best.a > alo && best.b > blo && a[best.a - 1] === b[best.b - 1]) {
      best.a--;
      best.b--;
      best.size++;
    }
    while (best.a + best.size < ahi && best.b + best.size < bhi && a[best.a + best.size] === b[best.b + best.size]) best.size++;
    return best;
  };

  const blocks: Block[] = [];
  const match = (alo: number, ahi: number, blo: number, bhi: number): void => {
    const block = longest(alo, ahi, blo, bhi);
    if (block.size === 0) return;
    if (alo < block.a && blo < block.b) match(alo, block.a, blo, block.b);
    const last = blocks.at(-1);
    // Adjacent runs are one.
    if (last && last.a + last.size === block.a && last.b + last.size === block.b) last.size += block.size;
    else blocks.push(block);
    const [aEnd, bEnd] = [block.a + block.size, block.b + block.size];
    if (aEnd < ahi && bEnd < bhi) match(aEnd, ahi, bEnd, bhi);
  };
  match(0, a.length, 0, b.length);
  return blocks;
}
