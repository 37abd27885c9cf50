/** When a pod without a node is tried again. Times in ms. */
export interface Backoff {
  /** First delay after a failure; doubles. kube-scheduler's podInitialBackoffSeconds. */
  initialMs: number;
  maxMs: number;
  /** An unschedulable pod is tried again after this even without an event. */
  unschedulableMs: number;
  /** A pod that was offered to the queue and not handled by then is offered again: the queue may have lost it. */
  offerMs: number;
}

export const defaultBackoff: Backoff = { initialMs: 1000, maxMs: 10_000, unschedulableMs: 60_000, offerMs: 2000 };

interface Entry<P> {
  pod: P;
  attempts: number;
  /** Earliest next offer. */
  due: number;
  /** Earliest offer after an event in the cluster. */
  backedOff: number;
  offered: boolean;
}

/** The pods that wait for a node: the truth behind the queue. Pure state; the clock is an argument. */
export class PendingPods<P> {
  readonly #entries = new Map<string, Entry<P>>();
  readonly #backoff: Backoff;

  constructor(backoff: Backoff = defaultBackoff) {
    this.#backoff = backoff;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(uid: string): P | undefined {
    return this.#entries.get(uid)?.pod;
  }

  /** A new pod is due at once. A changed spec (`changed`) makes a waiting one due again. */
  upsert(uid: string, pod: P, now: number, changed = false): void {
    const entry = this.#entries.get(uid);
    if (!entry) {
      this.#entries.set(uid, { pod, attempts: 0, due: now, backedOff: now, offered: false });
      return;
    }
    entry.pod = pod;
    if (changed && !entry.offered) entry.due = Math.max(entry.backedOff, now);
  }

  remove(uid: string): void {
    this.#entries.delete(uid);
  }

  /** Takes up to `limit` due pods and counts them as offered. */
  take(now: number, limit: number): string[] {
    const uids: string[] = [];
    for (const [uid, entry] of this.#entries) {
      if (uids.length >= limit) break;
      if (entry.due > now) continue;
      entry.offered = true;
      entry.due = now + this.#backoff.offerMs;
      uids.push(uid);
    }
    return uids;
  }

  /** Placement failed: waits for an event or `unschedulableMs`, and at least its back-off. */
  failed(uid: string, now: number): void {
    const entry = this.#entries.get(uid);
    if (!entry) return;
    entry.attempts++;
    entry.offered = false;
    entry.backedOff = now + Math.min(this.#backoff.initialMs * 2 ** (entry.attempts - 1), this.#backoff.maxMs);
    entry.due = Math.max(entry.backedOff, now + this.#backoff.unschedulableMs);
  }

  /** The pod has a node and waits for something else: it is not offered before `until`. */
  hold(uid: string, until: number): void {
    const entry = this.#entries.get(uid);
    if (entry) entry.due = until;
  }

  /** Binding failed for another reason than room: only the back-off counts. */
  retry(uid: string, now: number): void {
    this.failed(uid, now);
    const entry = this.#entries.get(uid);
    if (entry) entry.due = entry.backedOff;
  }

  /** Something that may help has changed (node, pod gone, volume): for all, or for those that `helps`. */
  wake(helps?: (pod: P) => boolean): void {
    for (const entry of this.#entries.values())
      if (!entry.offered && (!helps || helps(entry.pod))) entry.due = Math.min(entry.due, entry.backedOff);
  }

  /** When the next pod is due; undefined: none waits. */
  nextDue(): number | undefined {
    let next: number | undefined;
    for (const { due } of this.#entries.values()) if (next === undefined || due < next) next = due;
    return next;
  }
}
