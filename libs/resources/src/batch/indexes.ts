import { goQuote } from '@windlass/meta';

/** Indexes of an Indexed job in compressed form: first and last of each run. */
export type Interval = readonly [first: number, last: number];

/** A text of indexes that cannot be read; the message is Kubernetes'. */
export class IndexesError extends Error {
  override name = 'IndexesError';
}

function readIndex(text: string, completions: number): number {
  if (!/^[+-]?\d+$/.test(text)) throw new IndexesError(`cannot convert string to integer for index: ${goQuote(text)}`);
  const index = Number(text);
  if (index >= completions) throw new IndexesError(`too large index: ${goQuote(text)}`);
  return index;
}

function readInterval(text: string, completions: number): Interval {
  const [low = '', high, ...more] = text.split('-');
  if (more.length > 0)
    throw new IndexesError(
      `the fragment ${goQuote(text)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    );
  const first = readIndex(low, completions);
  if (high === undefined) return [first, first];
  const last = readIndex(high, completions);
  if (first >= last) throw new IndexesError(`non-increasing order, previous: ${first}, current: ${last}`);
  return [first, last];
}

/** `1,3-5,7` below `completions`, growing. @returns how many indexes. @throws IndexesError */
export function countIndexes(text: string, completions: number): number {
  let total = 0;
  let previous: number | undefined;
  for (const part of text === '' ? [] : text.split(',')) {
    const [first, last] = readInterval(part, completions);
    if (previous !== undefined && previous >= first)
      throw new IndexesError(`non-increasing order, previous: ${previous}, current: ${first}`);
    total += last - first + 1;
    previous = last;
  }
  return total;
}

const readable = (text: string, completions: number): Interval[] =>
  (text === '' ? [] : text.split(',')).flatMap((part) => {
    try {
      return [readInterval(part, completions)];
    } catch {
      // Told where the text itself is checked.
      return [];
    }
  });

/** The first index that is in both of two growing texts; parts that cannot be read are passed over. */
export function commonIndex(one: string, other: string, completions: number): number | undefined {
  const [a, b] = [readable(one, completions), readable(other, completions)];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i] as Interval, b[j] as Interval];
    if (x[0] <= y[1] && y[0] <= x[1]) return Math.max(x[0], y[0]);
    if (x[0] <= y[0]) i++;
    else j++;
  }
  return undefined;
}

/** What is wrong with a text of indexes. */
export function indexesFault(text: string, completions: number): string | undefined {
  try {
    countIndexes(text, completions);
    return undefined;
  } catch (error) {
    return (error as IndexesError).message;
  }
}
