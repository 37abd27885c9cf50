import type { AnyObject } from '@windlass/meta';
import type { StoredObject } from '../object-store.ts';
import { withRevision } from './splice.ts';

/** One version of an object as it is sent: serialized once, parsed at most once, shared by everyone. */
export class CachedObject {
  readonly key: string;
  readonly revision: number;
  /** JSON in UTF-8, with metadata.resourceVersion. Shared: never written to. */
  readonly bytes: Buffer;
  /** Offset in {@link bytes} after kind and apiVersion. `{` + `bytes.subarray(bareFrom)` is the object without them, as typed lists hold it. */
  readonly bareFrom: number;
  #object: AnyObject | undefined;

  /** @param data text without metadata.resourceVersion */
  constructor(key: string, revision: number, data: string) {
    const { text, bareFrom } = withRevision(data, revision);
    this.key = key;
    this.revision = revision;
    this.bareFrom = bareFrom;
    // Not from Node's shared 8 KB slabs: one long-lived object would keep a whole slab alive.
    this.bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
    this.bytes.write(text);
  }

  static of(stored: StoredObject): CachedObject {
    return new CachedObject(stored.key, stored.revision, stored.data);
  }

  /** Parsed on first use, with metadata.resourceVersion. Shared: whoever wants to change it makes a copy ({@link clone}). */
  get object(): AnyObject {
    this.#object ??= JSON.parse(this.bytes.toString('utf8')) as AnyObject;
    return this.#object;
  }

  /** An object of the caller's own. */
  clone(): AnyObject {
    return JSON.parse(this.bytes.toString('utf8')) as AnyObject;
  }

  /** Drops the parsed form of a version that is only history now; it is parsed again if someone asks. */
  release(): void {
    this.#object = undefined;
  }
}

const COMMA = 0x2c;
const OPEN = 0x7b;

/**
 * `head` + the objects joined by commas + `tail`, in one buffer. `bare` leaves kind and apiVersion out of each, as Kubernetes does in lists
 * of built-in kinds.
 */
export function joinObjects(head: string, objects: readonly CachedObject[], tail: string, bare: boolean): Buffer {
  let size = Buffer.byteLength(head) + Buffer.byteLength(tail) + Math.max(0, objects.length - 1);
  for (const { bytes, bareFrom } of objects) size += bare ? bytes.length - bareFrom + 1 : bytes.length;
  const out = Buffer.allocUnsafeSlow(size);
  let at = out.write(head);
  let first = true;
  for (const { bytes, bareFrom } of objects) {
    if (!first) out[at++] = COMMA;
    first = false;
    if (bare) {
      out[at++] = OPEN;
      at += bytes.copy(out, at, bareFrom);
    } else {
      at += bytes.copy(out, at);
    }
  }
  out.write(tail, at);
  return out;
}
