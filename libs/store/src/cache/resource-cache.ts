import type { StoredObject, StoreEvent } from '../object-store.ts';
import { CachedEvent } from './cached-event.ts';
import { CachedObject } from './cached-object.ts';
import { FieldIndex } from './field-index.ts';
import { History, type HistoryLimits } from './history.ts';
import { lowerBound } from './sorted.ts';
import type { LiveSubscription } from './subscription.ts';

/** Objects, recent events and subscribers of one resource. */
export class ResourceCache {
  readonly history: History;
  /** Of the objects as they are sent. */
  bytes = 0;
  readonly #byKey = new Map<string, CachedObject>();
  readonly #sorted: CachedObject[] = [];
  readonly #indexes = new Map<string, FieldIndex>();
  readonly #subscriptions = new Set<LiveSubscription>();

  constructor(floor: number, limits: HistoryLimits, indexes: readonly string[]) {
    this.history = new History(floor, limits);
    for (const field of indexes) this.#indexes.set(field, new FieldIndex(field));
  }

  /** In key order. Shared: never changed by the caller. */
  get sorted(): readonly CachedObject[] {
    return this.#sorted;
  }

  get(key: string): CachedObject | undefined {
    return this.#byKey.get(key);
  }

  index(name: string): FieldIndex {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`no such index: ${name}`);
    return index;
  }

  /** First filling; keys come in order. */
  load(stored: StoredObject): void {
    this.#put(CachedObject.of(stored));
  }

  #put(object: CachedObject): void {
    const before = this.#byKey.get(object.key);
    this.#byKey.set(object.key, object);
    this.bytes += object.bytes.length - (before?.bytes.length ?? 0);
    const last = this.#sorted.at(-1);
    if (!last || last.key < object.key) this.#sorted.push(object);
    else {
      const at = lowerBound(this.#sorted, object.key);
      this.#sorted.splice(at, before ? 1 : 0, object);
    }
    for (const index of this.#indexes.values()) index.replace(before, object);
  }

  #remove(key: string): void {
    const before = this.#byKey.get(key);
    if (!before) return;
    this.#byKey.delete(key);
    this.bytes -= before.bytes.length;
    this.#sorted.splice(lowerBound(this.#sorted, key), 1);
    for (const index of this.#indexes.values()) index.replace(before, undefined);
  }

  /** Takes one event of the store into the state and the history. */
  apply({ type, key, revision, data }: StoreEvent): CachedEvent {
    const current = new CachedObject(key, revision, data);
    const event = new CachedEvent(type, current, type === 'ADDED' ? undefined : this.#byKey.get(key));
    if (type === 'DELETED') this.#remove(key);
    else this.#put(current);
    this.history.add(event);
    return event;
  }

  attach(subscription: LiveSubscription): void {
    subscription.attached = true;
    this.#subscriptions.add(subscription);
  }

  detach(subscription: LiveSubscription): void {
    this.#subscriptions.delete(subscription);
  }

  /** Hands applied events to those who want them. */
  publish(events: readonly CachedEvent[], revision: number): void {
    const byIndex = new IndexedEvents(this, events);
    for (const subscription of this.#subscriptions) {
      const wanted = subscription.index ? byIndex.get(subscription.index) : events;
      if (wanted.length > 0) subscription.deliver(this.#matching(subscription, wanted), revision);
    }
    for (const event of events) event.previous?.release();
  }

  #matching(subscription: LiveSubscription, events: readonly CachedEvent[]): readonly CachedEvent[] {
    const { position, prefix } = subscription;
    if (position < events[0]!.revision && isResourcePrefix(prefix)) return events;
    return events.filter((event) => event.revision > position && subscription.matchesKey(event.key));
  }

  /** The held events after the subscription's position that it wants. */
  replay(subscription: LiveSubscription): readonly CachedEvent[] {
    const events = this.history.after(subscription.position);
    const wanted = subscription.index ? new IndexedEvents(this, events).get(subscription.index) : events;
    return wanted.length > 0 ? this.#matching(subscription, wanted) : wanted;
  }
}

/** Whether it is `/group/resource/` and nothing more: every event of the resource matches. */
const isResourcePrefix = (prefix: string): boolean => prefix.indexOf('/', prefix.indexOf('/', 1) + 1) === prefix.length - 1;

/** A batch split by index values, made only for the indexes that someone asks for, once for all who ask. */
export class IndexedEvents {
  readonly #cache: ResourceCache;
  readonly #events: readonly CachedEvent[];
  readonly #split = new Map<string, Map<string, CachedEvent[]>>();

  constructor(cache: ResourceCache, events: readonly CachedEvent[]) {
    this.#cache = cache;
    this.#events = events;
  }

  get({ name, value }: { name: string; value: string }): readonly CachedEvent[] {
    const byValue = this.#split.get(name) ?? this.#splitBy(name);
    this.#split.set(name, byValue);
    return byValue.get(value) ?? [];
  }

  #splitBy(name: string): Map<string, CachedEvent[]> {
    const index = this.#cache.index(name);
    const byValue = new Map<string, CachedEvent[]>();
    for (const event of this.#events) {
      const after = index.valueOf(event.current);
      const before = event.previous && index.valueOf(event.previous);
      for (const value of before === undefined || before === after ? [after] : [before, after]) {
        const group = byValue.get(value);
        if (group) group.push(event);
        else byValue.set(value, [event]);
      }
    }
    return byValue;
  }
}
