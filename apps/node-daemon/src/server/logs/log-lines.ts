import type { LogOptions } from './log-options.ts';

const NEWLINE = 10;
const SPACE = 32;
const PARTIAL = 80; // 'P'

/**
 * Turns whole lines of a CRI log into what a client sees: the content, with times when asked for, without what is too old or too much.
 * Bytes stay bytes. Keeps between calls whether the last line was a partial one.
 */
export class LogFormatter {
  readonly #options: LogOptions;
  readonly #since: string | undefined;
  #isNewLine = true;
  #left: number;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#since = options.since?.toISOString();
    this.#left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  /** The limit is reached. */
  get isDone(): boolean {
    return this.#left <= 0;
  }

  /** @param lines ends with a newline */
  format(lines: Buffer): Buffer {
    const out: Buffer[] = [];
    for (let at = 0; at < lines.length && this.#left > 0; ) {
      const end = lines.indexOf(NEWLINE, at);
      if (end < 0) break;
      this.#line(lines, at, end, out);
      at = end + 1;
    }
    return out.length === 1 ? out[0]! : Buffer.concat(out);
  }

  #line(bytes: Buffer, start: number, end: number, out: Buffer[]): void {
    const first = bytes.indexOf(SPACE, start);
    const second = bytes.indexOf(SPACE, first + 1);
    const third = bytes.indexOf(SPACE, second + 1);
    if (first < 0 || second < 0 || third < 0 || third >= end) return;
    const { stream, timestamps } = this.#options;
    if (stream && bytes.toString('latin1', first + 1, second) !== stream) return;
    if (this.#since && isBefore(bytes.toString('latin1', start, first), this.#since)) return;
    const isPartial = bytes[second + 1] === PARTIAL;
    if (timestamps && this.#isNewLine) this.#put(bytes.subarray(start, first + 1), out);
    this.#put(bytes.subarray(third + 1, isPartial ? end : end + 1), out);
    this.#isNewLine = !isPartial;
  }

  #put(part: Buffer, out: Buffer[]): void {
    const taken = part.length > this.#left ? part.subarray(0, this.#left) : part;
    this.#left -= taken.length;
    if (taken.length > 0) out.push(taken);
  }
}

/** RFC 3339 times against one in UTC with milliseconds; with a zone or more digits the numbers are compared. */
function isBefore(time: string, since: string): boolean {
  if (time.endsWith('Z')) return time.slice(0, 23) < since.slice(0, 23);
  return Date.parse(time) < Date.parse(since);
}

/** Reads backwards for the offset at which the last `count` lines begin. `read` fills the buffer from an offset. */
export async function tailOffset(
  size: number,
  count: number,
  read: (buffer: Buffer, offset: number) => Promise<number>,
): Promise<number> {
  if (count === 0) return size;
  const chunk = Buffer.allocUnsafe(64 * 1024);
  let found = 0;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const length = await read(chunk.subarray(0, end - start), start);
    for (let i = length - 1; i >= 0; i--) {
      if (chunk[i] !== NEWLINE || start + i === size - 1) continue;
      if (++found === count) return start + i + 1;
    }
    end = start;
  }
  return 0;
}
