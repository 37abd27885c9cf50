import { type Client, Informer, type ServedResource } from '@windlass/client';
import { type AnyObject, apiVersionOf, type KubeObject } from '@windlass/meta';
import { type Logger, sleep } from '@windlass/platform';

/** Events are many and own nothing. */
const IGNORED = new Set(['events', 'events.events.k8s.io']);
const REFRESH_MS = 30_000;

export interface MonitorHandler {
  seen(object: KubeObject): void;
  gone(object: KubeObject): void;
}

/**
 * Metadata-only watches of every resource that can be deleted, custom ones included. Discovery is read again every half minute, and soon
 * after a CustomResourceDefinition changed.
 */
export class Monitors {
  readonly #client: Client;
  readonly #handler: MonitorHandler;
  readonly #logger: Logger;
  readonly #running = new Map<string, { informer: Informer<AnyObject>; stop: AbortController }>();
  #served = new Map<string, ServedResource>();
  #hurry = new AbortController();

  constructor(client: Client, handler: MonitorHandler, logger: Logger) {
    this.#client = client;
    this.#handler = handler;
    this.#logger = logger;
  }

  /** The resource that serves a kind, in any served version. */
  resourceOf(apiVersion: string, kind: string): ServedResource | undefined {
    return this.#served.get(`${apiVersion}/${kind}`);
  }

  /** Resolves when every present monitor has its first list. */
  async synced(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ informer }) => informer.synced()));
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#hurry = new AbortController();
      await sleep(REFRESH_MS, AbortSignal.any([signal, this.#hurry.signal]));
      // A definition is served a moment after it was written.
      if (this.#hurry.signal.aborted) await sleep(1000, signal);
      if (!signal.aborted)
        await this.refresh(signal).catch((error) => this.#logger.warn({ err: error }, 'garbage collector: discovery'));
    }
  }

  /** Starts monitors of new resources and stops those of resources that are no longer served. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { resources, failed } = await this.#client.discover({ signal });
    this.#served = new Map(resources.map((r) => [`${apiVersionOf(r.group, r.version)}/${r.kind}`, r]));
    const wanted = new Map<string, ServedResource>();
    for (const resource of resources) {
      const id = resource.group ? `${resource.resource}.${resource.group}` : resource.resource;
      const usable = ['delete', 'list', 'watch'].every((verb) => resource.verbs.includes(verb));
      if (usable && !IGNORED.has(id) && (resource.preferred || !wanted.has(id))) wanted.set(id, resource);
    }
    for (const [id, resource] of wanted) if (!this.#running.has(id)) this.#start(id, resource, signal);
    for (const [id, { informer, stop }] of this.#running) {
      if (wanted.has(id) || failed.some((gv) => gv.split('/')[0] === informer.resource.ref.group)) continue;
      stop.abort(new Error('resource no longer served'));
      this.#running.delete(id);
      for (const object of informer.store.list()) this.#handler.gone(object);
    }
  }

  #start(id: string, resource: ServedResource, signal: AbortSignal): void {
    const stop = new AbortController();
    const informer = new Informer<AnyObject>(this.#client.resource(resource), {
      metadataOnly: true,
      transform: (object) => slim(object, resource),
      onError: (error, during) => this.#logger.debug({ err: error, resource: id }, `garbage collector: ${during}`),
    });
    const definition = id === 'customresourcedefinitions.apiextensions.k8s.io';
    const seen = (object: AnyObject) => {
      this.#handler.seen(object);
      if (definition && informer.hasSynced()) this.#hurry.abort();
    };
    informer.addHandler({
      add: seen,
      update: (_, object) => seen(object),
      delete: (object) => {
        this.#handler.gone(object);
        if (definition) this.#hurry.abort();
      },
    });
    this.#running.set(id, { informer, stop });
    void informer.start(AbortSignal.any([signal, stop.signal]));
  }
}

/** What the collector needs; a server that answers with whole objects costs no memory either. */
function slim({ metadata }: AnyObject, { group, version, kind }: ServedResource): AnyObject {
  const { name, namespace, uid, resourceVersion, ownerReferences, finalizers, deletionTimestamp } = metadata;
  return {
    apiVersion: apiVersionOf(group, version),
    kind,
    metadata: { name, namespace, uid, resourceVersion, ownerReferences, finalizers, deletionTimestamp },
  };
}
