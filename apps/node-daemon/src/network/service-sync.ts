import { type FlowFilter, forgetUdpFlows, NftTable } from '@windlass/host';
import type { Logger } from '@windlass/platform';
import { type ClusterView, serviceKeyOf } from './cluster-view.ts';
import type { ProxyConfig } from './services/declaration.ts';
import type { NodeContext } from './services/endpoints.ts';
import { healthOf } from './services/health-check.ts';
import { HealthCheckServers } from './services/health-check-servers.ts';
import { type HostPort, ProxyModel } from './services/proxy-model.ts';

const RETRY_MS = 1000;
/** A full look at the table costs time in proportion to it, so it takes at most this share of the time. */
const REPAIR_SHARE = 0.04;

/** Keeps the node's service table true to watch data. Changes that arrive while one is written are written together next. */
export class ServiceSync {
  readonly #view: ClusterView;
  readonly #model: ProxyModel;
  readonly #table: NftTable;
  readonly #logger: Logger;
  readonly #node: NodeContext;
  readonly #health: HealthCheckServers;
  /** Cluster addresses that are served by the node itself. */
  readonly #own: ReadonlySet<string>;
  readonly #dirty = new Set<string>();
  #flows: FlowFilter[] = [];
  #writing: Promise<void> | undefined;
  #again = false;
  #retry: NodeJS.Timeout | undefined;
  #rulesDueAt = 0;
  #stopped = false;

  constructor(view: ClusterView, config: ProxyConfig, node: NodeContext, own: readonly string[], logger: Logger) {
    this.#view = view;
    this.#model = new ProxyModel(config, node);
    this.#table = new NftTable(this.#model.table);
    this.#own = new Set(own);
    this.#logger = logger;
    this.#node = node;
    this.#health = new HealthCheckServers(logger);
  }

  /** Resolves when the first table is in the kernel. Informers must have synced. */
  async start(): Promise<void> {
    const started = performance.now();
    const mark = (key: string | undefined) => {
      if (key === undefined) return;
      this.#dirty.add(key);
      void this.#write();
    };
    const key = ({ metadata }: { metadata: { namespace?: string; name?: string } }) => `${metadata.namespace}/${metadata.name}`;
    // Handlers are told of everything that is cached at once, so the first write has all of it.
    this.#view.services.addHandler({ add: (s) => mark(key(s)), update: (_, s) => mark(key(s)), delete: (s) => mark(key(s)) });
    this.#view.endpointSlices.addHandler({
      add: (slice) => mark(serviceKeyOf(slice)),
      update: (old, slice) => {
        mark(serviceKeyOf(old));
        mark(serviceKeyOf(slice));
      },
      delete: (slice) => mark(serviceKeyOf(slice)),
    });
    await this.#write();
    this.#logger.info({ services: this.#view.services.store.size, tookMs: performance.now() - started }, 'service table ready');
  }

  /** Replaces the published ports of this node's pods. Resolves when they are in the kernel. */
  async setHostPorts(ports: readonly HostPort[]): Promise<void> {
    this.#flows.push(...this.#model.setHostPorts(ports));
    await this.#write();
  }

  #write(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#writing) {
      this.#again = true;
      return this.#writing;
    }
    this.#writing = this.#drain().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #drain(): Promise<void> {
    // One turn of the event loop, so that a watch message's events are one transaction.
    await new Promise((resolve) => setImmediate(resolve));
    do {
      this.#again = false;
      try {
        await this.#writeOnce();
      } catch (error) {
        this.#logger.error({ err: error }, 'service table refused');
        this.#retry ??= setTimeout(() => {
          this.#retry = undefined;
          void this.#write();
        }, RETRY_MS);
      }
    } while (this.#again && !this.#stopped);
  }

  async #writeOnce(): Promise<void> {
    const changed = this.#dirty.size;
    for (const key of this.#dirty) {
      const service = this.#view.services.store.get(key);
      const ours = service && !this.#own.has(service.spec?.clusterIP ?? '') ? service : undefined;
      const slices = ours ? this.#view.endpointSlices.store.byIndex('service', key) : [];
      this.#flows.push(...this.#model.setService(key, ours, slices));
      this.#health.set(key, ours && healthOf(ours, slices, this.#node));
    }
    this.#dirty.clear();
    const result = await this.#table.apply();
    const flows = this.#flows.splice(0);
    if (result) this.#logger.debug({ services: changed, ...result }, 'service table written');
    if (result && !result.whole && flows.length > 0) await forgetUdpFlows(flows);
  }

  /** Call every second or so: puts right what others did to the table. */
  async repair(): Promise<void> {
    if (this.#stopped) return;
    const started = Date.now();
    const rules = started >= this.#rulesDueAt;
    const repaired = await this.#table.repair(rules ? 'rules' : 'quick');
    if (rules) this.#rulesDueAt = Date.now() + Math.max(3000, (Date.now() - started) / REPAIR_SHARE);
    if (repaired) this.#logger.warn('service table had been changed by somebody else: written anew');
  }

  /** Ends all writing; the table stays, so that services work while the daemon is restarted. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#health.stop();
    await this.#writing;
  }
}
