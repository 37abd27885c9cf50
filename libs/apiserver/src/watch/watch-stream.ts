import {
  type AnyObject,
  expired,
  internalError,
  type ResourceDefinition,
  type Status,
  StatusError,
  watchFrame,
} from '@windlass/meta';
import { type CachedEvent, type CachedObject, CompactedError, type Subscription, type WatchCache } from '@windlass/store';
import type { Form } from '../present/form.ts';
import type { ProtobufForms } from '../present/protobuf-forms.ts';
import { columnDefinitions, type IncludeObject, partial, tableRow } from '../present/table.ts';
import { prefixOf, prepareShown, Shown } from '../read/reader.ts';
import type { Selection } from '../read/selectors.ts';
import { stamp } from '../registry/encode.ts';

export interface WatchOutput {
  /** Returns false when the client reads too slowly. */
  write(chunk: Buffer | string): boolean;
  end(): void;
  /** Bytes that wait to be sent. */
  pending(): number;
}

export interface WatchRequest {
  definition: ResourceDefinition;
  namespace: string;
  selection: Selection;
  form: Form;
  /** With form.encoding protobuf. */
  protobuf?: ProtobufForms;
  include: IncludeObject;
  bookmarks: boolean;
  /** Until the watch is ended: a bookmark comes shortly before, so that the client goes on from there. */
  lifetimeMs: number;
  /** Index of the cache that narrows the events, as `{ name, value }`. */
  index?: { name: string; value: string };
}

/** A client that leaves more unread than this is closed: it comes back with a list. */
const MAX_PENDING_BYTES = 16 << 20;
const BOOKMARK_MS = 60_000;
const LAST_BOOKMARK_MS = 2000;

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** Writes the events of one watch, coalesced per turn of the event loop. */
export class WatchStream {
  readonly #cache: WatchCache;
  readonly #request: WatchRequest;
  readonly #output: WatchOutput;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastTimer: NodeJS.Timeout | undefined;
  #buffer: (Buffer | string)[] = [];
  #scheduled = false;
  #columnsSent = false;
  #closed = false;
  /** Ends when all events received so far are on their way. */
  #converting: Promise<void> = Promise.resolve();
  /** Converted with the rest of its event. */
  readonly #left = new WeakMap<CachedEvent, CachedObject>();

  constructor(cache: WatchCache, request: WatchRequest, output: WatchOutput) {
    this.#cache = cache;
    this.#request = request;
    this.#output = output;
  }

  /** Sends `initial` as ADDED, then everything after `from`. */
  async start(from: number, initial: readonly Shown[] | undefined, markInitialEnd: boolean): Promise<void> {
    const { definition, namespace, index } = this.#request;
    for (const shown of initial ?? []) this.#send('ADDED', shown);
    if (markInitialEnd) this.#bookmark(from, { 'k8s.io/initial-events-end': 'true' });
    try {
      this.#subscription = await this.#cache.subscribe(
        prefixOf(definition, namespace),
        from,
        { onEvents: (events) => this.#onEvents(events), onClose: (error) => this.#onClose(error) },
        index ? { index } : {},
      );
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error;
      this.#error(expired(`too old resource version: ${from} (${error.floor})`).status);
      return;
    }
    if (this.#closed) this.#subscription.close();
    else if (this.#request.bookmarks) {
      const bookmark = () => {
        const { revision } = this.#subscription!;
        if (this.#request.definition.storedAs?.convert) void this.#converting.then(() => this.#bookmark(revision));
        else this.#bookmark(revision);
      };
      this.#timer = setInterval(bookmark, BOOKMARK_MS + Math.random() * 5000);
      const left = this.#request.lifetimeMs - LAST_BOOKMARK_MS;
      if (left > 0) this.#lastTimer = setTimeout(bookmark, left);
    }
  }

  #onEvents(events: readonly CachedEvent[]): void {
    if (!this.#request.definition.storedAs?.convert) {
      this.#deliver(events);
      return;
    }
    // Events keep their order while somebody else converts their objects.
    this.#converting = this.#converting.then(() => this.#convert(events));
  }

  async #convert(events: readonly CachedEvent[]): Promise<void> {
    if (this.#closed) return;
    const { definition } = this.#request;
    const all = events.flatMap((event) => {
      const gone = event.type === 'DELETED' ? undefined : event.left();
      if (gone) this.#left.set(event, gone);
      return [event.current, event.previous, gone];
    });
    try {
      await prepareShown(definition, all);
      if (!this.#closed) this.#deliver(events);
    } catch (error) {
      this.#error(error instanceof StatusError ? error.status : internalError(String(error)).status);
    }
  }

  #deliver(events: readonly CachedEvent[]): void {
    const { definition, selection, form } = this.#request;
    const raw = form.as === 'object' && form.encoding === 'json' && !definition.storedAs;
    for (const event of events) {
      if (selection.everything) {
        if (raw) this.#queue(event.frame());
        else this.#send(event.type, new Shown(definition, event.current));
        continue;
      }
      const now = event.type !== 'DELETED' && selection.matches(new Shown(definition, event.current).object);
      const before = event.previous !== undefined && selection.matches(new Shown(definition, event.previous).object);
      if (now && before && raw && event.type === 'MODIFIED') this.#queue(event.frame());
      else if (now) this.#send(before ? 'MODIFIED' : 'ADDED', new Shown(definition, event.current));
      else if (before)
        this.#send(
          'DELETED',
          new Shown(definition, event.type === 'DELETED' ? event.current : (this.#left.get(event) ?? event.left()!)),
        );
    }
  }

  #send(type: EventType, shown: Shown): void {
    const { definition, form, protobuf } = this.#request;
    if (protobuf) this.#event(type, form.as === 'object' ? stamp(definition, shown.object) : this.#shape(shown.object));
    else if (form.as === 'object') this.#queue(`{"type":"${type}","object":${shown.bytes.toString('utf8')}}\n`);
    else this.#event(type, this.#shape(shown.object));
  }

  #event(type: EventType, object: object): void {
    const bytes = this.#request.protobuf?.encode(object);
    this.#queue(bytes ? watchFrame(type, bytes) : `${JSON.stringify({ type, object })}\n`);
  }

  #shape(object: AnyObject): object {
    const { definition, form, include } = this.#request;
    if (form.as === 'partial') return partial(definition, object);
    const first = !this.#columnsSent;
    this.#columnsSent = true;
    return {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: object.metadata.resourceVersion },
      columnDefinitions: first ? columnDefinitions(definition) : null,
      rows: [tableRow(definition, object, include, new Date())],
    };
  }

  #bookmark(revision: number, annotations?: Record<string, string>): void {
    const { definition } = this.#request;
    const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(annotations ? { annotations } : {}) };
    const object = {
      kind: definition.kind,
      apiVersion: definition.group ? `${definition.group}/${definition.version}` : definition.version,
      metadata,
    };
    const shaped = this.#request.form.as === 'object' ? object : this.#shape(object as unknown as AnyObject);
    this.#event('BOOKMARK', shaped);
  }

  #onClose(error: Error | undefined): void {
    if (error instanceof CompactedError)
      this.#error(expired(`too old resource version: ${error.revision} (${error.floor})`).status);
    else this.close();
  }

  #error(status: Status): void {
    this.#event('ERROR', status);
    this.#flush();
    this.close();
  }

  #queue(chunk: Buffer | string): void {
    if (this.#closed) return;
    this.#buffer.push(chunk);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#closed || this.#buffer.length === 0) return;
    const chunks = this.#buffer;
    this.#buffer = [];
    this.#output.write(
      chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks.map((c) => (typeof c === 'string' ? Buffer.from(c) : c))),
    );
    if (this.#output.pending() > MAX_PENDING_BYTES) this.close();
  }

  /** Ends the stream; what was queued is sent. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#lastTimer);
    this.#subscription?.close();
    this.#output.end();
  }
}
