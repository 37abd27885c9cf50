import { type Client, isConflict, isNotFound, type ResourceRef } from '@windlass/client';
import { type Logger, sleep } from '@windlass/platform';
import type { Pod, PodStatus } from '@windlass/resources';
import { mergedConditions } from '../pod/merged-pod.ts';
import { statusPatch } from './status-patch.ts';

export const PODS: ResourceRef = { group: '', version: 'v1', resource: 'pods', namespaced: true, kind: 'Pod' };

interface Entry {
  pod: Pod;
  /** What the server has, as far as we know. */
  written: PodStatus;
  wanted: PodStatus;
  writing?: Promise<void>;
}

const MAX_BACKOFF_MS = 10_000;

/** Writes pods' statuses, the newest one first and one at a time per pod; tries again until the server took it or the pod is gone. */
export class StatusWriter {
  readonly #client: Client;
  readonly #logger: Logger;
  readonly #entries = new Map<string, Entry>();
  readonly #abort = new AbortController();
  constructor(client: Client, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /** Newest status that we know of. */
  get(uid: string): PodStatus | undefined {
    return this.#entries.get(uid)?.wanted;
  }

  /** The pod as the server shows it, perhaps changed by others. */
  seen(pod: Pod): void {
    const entry = this.#entries.get(pod.metadata.uid!);
    if (!entry || entry.writing) return;
    entry.pod = pod;
    entry.written = pod.status ?? {};
  }

  set(pod: Pod, status: PodStatus): void {
    const uid = pod.metadata.uid!;
    const entry = this.#entries.get(uid) ?? { pod, written: pod.status ?? {}, wanted: status };
    entry.pod = pod;
    entry.wanted = status;
    this.#entries.set(uid, entry);
    if (!entry.writing && statusPatch(pod, entry.written, status)) this.#start(uid, entry);
  }

  /** Resolves when the server has the newest status (or the pod is gone there). */
  async flushed(uid: string): Promise<void> {
    for (let writing = this.#entries.get(uid)?.writing; writing; writing = this.#entries.get(uid)?.writing) await writing;
  }

  #start(uid: string, entry: Entry): void {
    entry.writing = this.#write(entry).finally(() => {
      entry.writing = undefined;
      const isCurrent = this.#entries.get(uid) === entry && !this.#abort.signal.aborted;
      if (isCurrent && statusPatch(entry.pod, entry.written, entry.wanted)) this.#start(uid, entry);
    });
  }

  async #write(entry: Entry): Promise<void> {
    const pods = this.#client.resource<Pod>(PODS);
    for (let delay = 100; !this.#abort.signal.aborted; delay = Math.min(delay * 2, MAX_BACKOFF_MS)) {
      const { wanted, pod } = entry;
      const patch = statusPatch(pod, entry.written, wanted);
      if (!patch) return;
      try {
        const { name, namespace } = pod.metadata;
        const answer = await pods.patch({ name, namespace }, patch, { type: 'strategic', subresource: 'status' });
        // Compared with our own wording, not with the server's.
        entry.written = { ...wanted, conditions: mergedConditions(wanted, answer.status) };
        return;
      } catch (err) {
        if (isNotFound(err) || isConflict(err)) {
          entry.written = wanted;
          return;
        }
        this.#logger.warn({ err, pod: pod.metadata.name, namespace: pod.metadata.namespace }, 'pod status is not written yet');
        await sleep(delay, this.#abort.signal);
      }
    }
  }

  forget(uid: string): void {
    this.#entries.delete(uid);
  }
  /** Resolves when the server has what it was told of all pods so far, or does not take it soon. */
  async settled(): Promise<void> {
    await Promise.race([Promise.all([...this.#entries.keys()].map((uid) => this.flushed(uid))), sleep(2000)]);
  }
  async stop(): Promise<void> {
    await this.settled();
    this.#abort.abort();
  }
}
