import type { StoreEvent } from '../object-store.ts';
import { CachedObject } from './cached-object.ts';

/** A change of one object, shared by all watchers. */
export class CachedEvent {
  readonly type: StoreEvent['type'];
  readonly key: string;
  readonly revision: number;
  /** After the change, at this event's revision; for DELETED the last state, with the deletion's revision as its resourceVersion. */
  readonly current: CachedObject;
  /** Before the change: MODIFIED and DELETED. */
  readonly previous: CachedObject | undefined;
  #frame: Buffer | undefined;

  constructor(type: StoreEvent['type'], current: CachedObject, previous: CachedObject | undefined) {
    this.type = type;
    this.key = current.key;
    this.revision = current.revision;
    this.current = current;
    this.previous = previous;
  }

  /** From the log, where the previous version's own revision is not told: its text carries this event's revision instead. */
  static of({ type, key, revision, data, previous }: StoreEvent): CachedEvent {
    const before = previous === undefined ? undefined : new CachedObject(key, revision, previous);
    return new CachedEvent(type, new CachedObject(key, revision, data), before);
  }

  /** The line of a watch stream, newline included; made once for all watchers of the same turn. */
  frame(): Buffer {
    this.#frame ??= frameOf(this.type, this.current);
    return this.#frame;
  }

  /**
   * The previous version with this event's revision as its resourceVersion: what a watcher is told as DELETED when an object leaves its
   * selector.
   */
  left(): CachedObject | undefined {
    const { previous } = this;
    if (!previous || previous.revision === this.revision) return previous;
    // Its first resourceVersion is the one that was spliced in.
    const bare = previous.bytes.toString('utf8').replace(/"resourceVersion":"\d+",?/, '');
    return new CachedObject(this.key, this.revision, bare);
  }

  /** Drops the kept line; called after the turn in which the event was handed out. */
  releaseFrame(): void {
    this.#frame = undefined;
  }
}

/** `{"type":T,"object":O}` and a newline. */
export function frameOf(type: StoreEvent['type'], object: CachedObject): Buffer {
  const head = `{"type":"${type}","object":`;
  const { bytes } = object;
  const out = Buffer.allocUnsafeSlow(head.length + bytes.length + 2);
  out.write(head, 'latin1');
  bytes.copy(out, head.length);
  out.write('}\n', head.length + bytes.length, 'latin1');
  return out;
}
