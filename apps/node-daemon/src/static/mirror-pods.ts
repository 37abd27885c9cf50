import { type Client, isAlreadyExists, isConflict, isNotFound } from '@windlass/client';
import { type Logger, sleep } from '@windlass/platform';
import type { Node, Pod } from '@windlass/resources';
import { PODS } from '../status/status-writer.ts';
import { CONFIG, mirrorOf } from './manifest.ts';

const RETRY_MS = 1000;
const CHECK_MS = 30_000;
const keyOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

export interface MirrorParts {
  client: Client;
  logger: Logger;
  node(): Node | undefined;
  /** Static pods that shall run. */
  wanted(): Pod[];
  /** The mirror of a static pod is there: its status may be written. */
  appeared(staticUid: string): void;
}

/** Keeps one pod in the API server for each static pod, so that it is seen there; one that is deleted or changed there is made anew. */
export class MirrorPods {
  readonly #parts: MirrorParts;
  /** As the API server shows them, by namespace and name. */
  readonly #mirrors = new Map<string, Pod>();
  readonly #abort = new AbortController();
  #wake = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
  }

  /** Call when the API server's pods of this node are known. */
  start(): void {
    this.#loop = this.#run();
  }

  seen(pod: Pod): void {
    const before = this.#mirrors.get(keyOf(pod));
    this.#mirrors.set(keyOf(pod), pod);
    this.changed();
    if (before?.metadata.uid !== pod.metadata.uid) this.#parts.appeared(pod.metadata.annotations![CONFIG.mirror]!);
  }
  gone(pod: Pod): void {
    if (this.#mirrors.get(keyOf(pod))?.metadata.uid === pod.metadata.uid) this.#mirrors.delete(keyOf(pod));
    this.changed();
  }
  changed(): void {
    this.#wake.resolve();
  }

  /** The mirror that stands for exactly this static pod. */
  of(pod: Pod): Pod | undefined {
    const mirror = this.#mirrors.get(keyOf(pod));
    return mirror && this.#fits(mirror, pod) ? mirror : undefined;
  }

  #fits = ({ metadata }: Pod, pod: Pod): boolean =>
    !metadata.deletionTimestamp && metadata.annotations?.[CONFIG.mirror] === pod.metadata.uid;

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      const isDone = await this.#reconcile().catch((err) => {
        this.#parts.logger.info({ err }, 'mirror pods are not as they should be yet, trying again');
        return false;
      });
      await Promise.race([sleep(isDone ? CHECK_MS : RETRY_MS, signal), ...(isDone ? [this.#wake.promise] : [])]);
    }
  }

  /** @returns false: look again soon */
  async #reconcile(): Promise<boolean> {
    const node = this.#parts.node();
    if (!node?.metadata.uid) return false;
    const wanted = new Map(this.#parts.wanted().map((pod) => [keyOf(pod), pod]));
    const pods = this.#parts.client.resource<Pod>(PODS);
    for (const [key, mirror] of this.#mirrors) {
      const pod = wanted.get(key);
      if (pod && this.#fits(mirror, pod)) continue;
      const { name, namespace, uid } = mirror.metadata;
      await pods
        .delete({ name: name!, namespace: namespace! }, { gracePeriodSeconds: 0, preconditions: { uid } })
        .catch((error) => {
          if (!isNotFound(error) && !isConflict(error)) throw error;
        });
      this.#mirrors.delete(key);
    }
    let isDone = true;
    for (const [key, pod] of wanted) {
      if (this.#mirrors.has(key)) continue;
      try {
        await pods.create(mirrorOf(pod, { name: node.metadata.name!, uid: node.metadata.uid }));
      } catch (error) {
        // One that we have not been told of yet, or another's pod of the name.
        if (!isAlreadyExists(error)) throw error;
        isDone = false;
      }
    }
    return isDone;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }
}
