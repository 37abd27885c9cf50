import { applyOverlay, type OverlayConfig, type OverlayNode } from '@windlass/host';
import type { Logger } from '@windlass/platform';
import type { Node } from '@windlass/resources';

/** Pure: what the overlay needs of a Node; undefined while it has no pod network or no address. */
export function overlayNode(node: Node): OverlayNode | undefined {
  const podCidr = (node.spec?.podCIDRs ?? [node.spec?.podCIDR ?? '']).find((cidr) => cidr?.includes('.'));
  const ip = node.status?.addresses?.find(({ type, address }) => type === 'InternalIP' && address.includes('.'))?.address;
  return podCidr && ip ? { name: node.metadata.name ?? '', ip, podCidr } : undefined;
}

/** Applies the overlay whenever asked, one run at a time, the newest state last. */
export class OverlaySync {
  readonly #config: OverlayConfig;
  readonly #self: () => OverlayNode | undefined;
  readonly #nodes: () => OverlayNode[];
  readonly #logger: Logger;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #applied = false;

  constructor(config: OverlayConfig, self: () => OverlayNode | undefined, nodes: () => OverlayNode[], logger: Logger) {
    this.#config = config;
    this.#self = self;
    this.#nodes = nodes;
    this.#logger = logger;
  }

  /** Resolves when the present state of the Nodes is applied. Failures are logged; the next call tries again. */
  apply(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const self = this.#self();
      if (!self) return;
      try {
        const changes = await applyOverlay(this.#config, self, this.#nodes());
        if (changes > 0) this.#logger[this.#applied ? 'info' : 'debug']({ changes }, 'overlay changed');
        this.#applied = true;
      } catch (error) {
        this.#logger.error({ err: error }, 'overlay refused');
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }
}
