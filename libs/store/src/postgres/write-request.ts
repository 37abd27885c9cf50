import { InvalidWriteError } from '../errors.ts';
import type { StoredObject } from '../object-store.ts';

/** c: create, u: update, d: delete. */
export type WriteOp = 'c' | 'u' | 'd';

export interface WriteRequest {
  op: WriteOp;
  key: string;
  /** Stored revision that update and delete expect; 0 for create. */
  expected: number;
  /** Absent only for a delete that keeps the last text. */
  data: string | undefined;
  resolve(written: StoredObject): void;
  reject(error: unknown): void;
}

/** Bytewise longest key; a btree entry may not exceed a third of a page. */
const MAX_KEY_BYTES = 2048;

/** Refuses what would make the database fail a whole batch. @throws InvalidWriteError */
export function checkWrite(key: string, expected: number, data: string | undefined): void {
  if (!key.startsWith('/') || key.includes('\0')) throw new InvalidWriteError(`bad key ${JSON.stringify(key)}`);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new InvalidWriteError(`key longer than ${MAX_KEY_BYTES} bytes`);
  if (!Number.isSafeInteger(expected) || expected < 0) throw new InvalidWriteError(`bad expected revision ${expected}`);
  if (data?.includes('\0')) throw new InvalidWriteError('the text holds a NUL character');
}

export const BATCH_LIMITS = { count: 256, chars: 4 << 20 };

/**
 * Takes the next batch off the queue's head: in order, each key once (later writes of a key wait for the next batch, in their order), within
 * the limits but at least one.
 */
export function takeBatch(queue: WriteRequest[], limits = BATCH_LIMITS): WriteRequest[] {
  const batch: WriteRequest[] = [];
  const left: WriteRequest[] = [];
  const keys = new Set<string>();
  let chars = 0;
  let at = 0;
  for (; at < queue.length; at++) {
    const request = queue[at]!;
    const size = request.data?.length ?? 0;
    if (batch.length > 0 && (batch.length >= limits.count || chars + size > limits.chars)) break;
    if (keys.has(request.key)) {
      left.push(request);
      continue;
    }
    keys.add(request.key);
    batch.push(request);
    chars += size;
  }
  queue.splice(0, at, ...left);
  return batch;
}
