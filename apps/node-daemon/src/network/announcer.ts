import { applyServiceAddresses } from '@windlass/host';
import type { Logger } from '@windlass/platform';
import { announcedBy } from './announce.ts';
import type { ClusterView } from './cluster-view.ts';

/** Answers on the load balancer addresses that are this node's to answer on. */
export class Announcer {
  readonly #view: ClusterView;
  readonly #nodeName: string;
  readonly #logger: Logger;
  readonly #unfollow: (() => void)[] = [];
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(view: ClusterView, nodeName: string, logger: Logger) {
    this.#view = view;
    this.#nodeName = nodeName;
    this.#logger = logger;
  }

  /** Follows nodes, services and slices, whose informers must have synced. Resolves when the addresses of now are there. */
  start(): Promise<void> {
    const changed = () => void this.apply();
    const handler = { add: changed, update: changed, delete: changed };
    for (const informer of [this.#view.nodes, this.#view.services, this.#view.endpointSlices])
      this.#unfollow.push(informer.addHandler(handler));
    return this.apply();
  }

  /** Also the repair of addresses that others took away: call it now and then. Failures are logged. */
  apply(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      // One turn of the event loop, so that a watch message's events are one look.
      await new Promise((resolve) => setImmediate(resolve));
      this.#again = false;
      const { nodes, services, endpointSlices } = this.#view;
      const wanted = announcedBy(this.#nodeName, {
        nodes: nodes.store.list(),
        services: services.store.list(),
        slicesOf: ({ metadata }) => endpointSlices.store.byIndex('service', `${metadata.namespace}/${metadata.name}`),
      });
      try {
        const changes = await applyServiceAddresses(wanted);
        if (changes > 0) this.#logger.info({ addresses: wanted }, 'load balancer addresses of this node changed');
      } catch (error) {
        this.#logger.error({ err: error }, 'load balancer addresses refused');
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unfollow of this.#unfollow) unfollow();
    await this.#running;
  }
}
