import type { AnyObject } from '@windlass/meta';
import type { StoredObject } from '../object-store.ts';
import { valueEnd } from './scan.ts';
import { withRevision } from './splice.ts';

const METADATA_KEY = '"metadata":';

/** One version of an object as it is sent: serialized once, parsed at most once, shared by everyone. */
export class CachedObject {
  readonly key: string;
  readonly revision: number;
  /** JSON in UTF-8, with metadata.resourceVersion. Shared: never written to. */
  readonly bytes: Buffer;
  /** Offset in {@link bytes} after kind and apiVersion, where metadata begins. */
  readonly #bareFrom: number;
  #metadataEnd = 0;
  #object: AnyObject | undefined;

  /** @param data text without metadata.resourceVersion */
  constructor(key: string, revision: number, data: string) {
    const { text, bareFrom } = withRevision(data, revision);
    this.key = key;
    this.revision = revision;
    this.#bareFrom = bareFrom;
    // Not from Node's shared 8 KB slabs: one long-lived object would keep a whole slab alive.
    this.bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
    this.bytes.write(text);
  }

  static of(stored: StoredObject): CachedObject {
    return new CachedObject(stored.key, stored.revision, stored.data);
  }

  /** `{` + this is the object without kind and apiVersion, as typed lists hold it. Shared: never written to. */
  get bare(): Buffer {
    return this.bytes.subarray(this.#bareFrom);
  }

  /** JSON of metadata. Shared: never written to. */
  get metadata(): Buffer {
    const from = this.#bareFrom + METADATA_KEY.length;
    this.#metadataEnd ||= valueEnd(this.bytes, from);
    return this.bytes.subarray(from, this.#metadataEnd);
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
