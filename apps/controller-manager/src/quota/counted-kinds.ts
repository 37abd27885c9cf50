import { type Client, Informer, type ServedResource } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import type { Logger } from '@windlass/platform';
import type { GroupResource } from '@windlass/resources';
import { idOf } from './recount.ts';

/** Discovery is not asked more often, however many quotas name kinds that do not exist. Milliseconds. */
export const DISCOVERY_MS = 10_000;
/** And not more seldom: kinds come and go. */
const REFRESH_MS = 300_000;

interface Monitor {
  informer: Informer<AnyObject>;
  stop: AbortController;
}

/**
 * Metadata-only copies of the kinds that some quota counts by name (`count/…`), made when a quota first asks and dropped when the kind is no
 * longer served.
 */
export class CountedKinds {
  readonly #client: Client;
  readonly #gone: (kind: GroupResource, object: AnyObject) => void;
  readonly #logger: Logger;
  readonly #monitors = new Map<string, Monitor>();
  #served = new Map<string, ServedResource>();
  #asked = Number.NEGATIVE_INFINITY;
  #discovering: Promise<void> | undefined;

  /** @param gone told of each object that was deleted */
  constructor(client: Client, gone: (kind: GroupResource, object: AnyObject) => void, logger: Logger) {
    this.#client = client;
    this.#gone = gone;
    this.#logger = logger;
  }

  /** The objects of a kind in a namespace; undefined when it is not served, or not in namespaces. */
  async list(kind: GroupResource, namespace: string, signal: AbortSignal): Promise<AnyObject[] | undefined> {
    const id = idOf(kind);
    const age = performance.now() - this.#asked;
    if (age > (this.#served.has(id) ? REFRESH_MS : DISCOVERY_MS)) {
      this.#discovering ??= this.#discover(signal);
      await this.#discovering;
    }
    const resource = this.#served.get(id);
    if (!resource) return undefined;
    const { informer } = this.#monitors.get(id) ?? this.#start(kind, resource, signal);
    await informer.synced();
    return informer.store.inNamespace(namespace);
  }

  async #discover(signal: AbortSignal): Promise<void> {
    try {
      const { resources, failed } = await this.#client.discover({ signal });
      const usable = resources.filter(
        ({ namespaced, preferred, verbs }) => namespaced && preferred && verbs.includes('list') && verbs.includes('watch'),
      );
      this.#served = new Map(usable.map((resource) => [idOf(resource), resource]));
      for (const [id, { informer, stop }] of this.#monitors) {
        if (this.#served.has(id) || failed.some((gv) => gv.split('/')[0] === informer.resource.ref.group)) continue;
        stop.abort(new Error('resource no longer served'));
        this.#monitors.delete(id);
      }
      this.#asked = performance.now();
    } finally {
      this.#discovering = undefined;
    }
  }

  #start(kind: GroupResource, resource: ServedResource, signal: AbortSignal): Monitor {
    const stop = new AbortController();
    const informer = new Informer<AnyObject>(this.#client.resource(resource), {
      metadataOnly: true,
      transform: ({ metadata: { name, namespace, uid, resourceVersion } }) => ({
        metadata: { name, namespace, uid, resourceVersion },
      }),
      onError: (error, during) => this.#logger.debug({ err: error, resource: idOf(kind) }, `resource quota: ${during}`),
    });
    informer.addHandler({ delete: (object) => this.#gone(kind, object) });
    const monitor = { informer, stop };
    this.#monitors.set(idOf(kind), monitor);
    void informer.start(AbortSignal.any([signal, stop.signal]));
    return monitor;
  }
}
