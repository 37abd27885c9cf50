import type { KubeObject } from '@windlass/meta';
import type { Client } from './client.ts';
import { Informer, type InformerOptions } from './informer.ts';
import type { ResourceRef } from './resource-client.ts';

/** One informer per resource for a whole process: every controller that asks for pods gets the same cache. */
export class InformerFactory {
  readonly #client: Client;
  readonly #defaults: Pick<InformerOptions<KubeObject>, 'onError'>;
  readonly #informers = new Map<string, Informer<KubeObject>>();
  #signal: AbortSignal | undefined;

  constructor(client: Client, defaults: Pick<InformerOptions<KubeObject>, 'onError'> = {}) {
    this.#client = client;
    this.#defaults = defaults;
  }

  /** Of the same resource and selectors the first caller's options hold, and further indexes are added. Started at once when the factory runs. */
  informer<T extends KubeObject>(ref: ResourceRef, options: InformerOptions<T> = {}): Informer<T> {
    const { namespace, labelSelector, fieldSelector, metadataOnly } = options;
    const id = JSON.stringify([ref.group, ref.version, ref.resource, namespace, labelSelector, fieldSelector, metadataOnly]);
    let found = this.#informers.get(id) as Informer<T> | undefined;
    if (!found) {
      found = new Informer<T>(this.#client.resource<T>(ref), { ...this.#defaults, ...options });
      this.#informers.set(id, found as unknown as Informer<KubeObject>);
      if (this.#signal) void found.start(this.#signal);
    } else for (const [name, of] of Object.entries(options.indexers ?? {})) found.addIndex(name, of);
    return found;
  }

  /** Starts every informer, present and future. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
    for (const informer of this.#informers.values()) void informer.start(signal);
  }

  /** Resolves when all present informers have their first list. */
  async synced(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.synced()));
  }
}
