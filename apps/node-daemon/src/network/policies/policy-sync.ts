import type { Informer, InformerFactory } from '@windlass/client';
import { NftTable, type TableDeclaration, TableModel } from '@windlass/host';
import { type Logger, sleep } from '@windlass/platform';
import type { Namespace, NetworkPolicy, Pod } from '@windlass/resources';
import { NETWORK_POLICIES, PODS } from '../resources.ts';
import { podView, slimPod } from './pod-view.ts';
import { type PolicyPlan, planPolicies } from './policy-plan.ts';

/** Changes that come within so many milliseconds of each other are one transaction. */
const SETTLE_MS = 20;
const RETRY_MS = 1000;

const declaration = (name: string): TableDeclaration => ({
  family: 'ip',
  name,
  sets: {
    ingress: { kind: 'map', body: 'type ipv4_addr : verdict;' },
    egress: { kind: 'map', body: 'type ipv4_addr : verdict;' },
  },
  chains: {
    forward: {
      base: 'type filter hook forward priority 10; policy accept;',
      rules: ['ct state established,related accept', 'ip saddr vmap @egress', 'ip daddr vmap @ingress'],
    },
  },
});

/** Keeps the node's policy table true to watch data. All pods of the cluster are watched only once there is a policy. */
export class PolicySync {
  readonly #policies: Informer<NetworkPolicy>;
  readonly #namespaces: Informer<Namespace>;
  readonly #informers: InformerFactory;
  readonly #nodeName: string;
  readonly #table: NftTable;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #pods: Informer<Pod> | undefined;
  #dirty = false;
  #working: Promise<void> | undefined;

  constructor(informers: InformerFactory, namespaces: Informer<Namespace>, nodeName: string, table: string, logger: Logger) {
    this.#policies = informers.informer<NetworkPolicy>(NETWORK_POLICIES);
    this.#namespaces = namespaces;
    this.#informers = informers;
    this.#nodeName = nodeName;
    this.#table = new NftTable(new TableModel(declaration(table)));
    this.#logger = logger;
  }

  /** Resolves when the policies of the first list hold. */
  async start(): Promise<void> {
    const changed = () => void this.#changed();
    this.#policies.addHandler({ add: changed, update: changed, delete: changed });
    this.#namespaces.addHandler({ add: changed, update: changed, delete: changed });
    await this.#policies.synced();
    await this.#changed();
  }

  #changed(): Promise<void> {
    this.#dirty = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#dirty && !signal.aborted) {
      await sleep(SETTLE_MS, signal);
      this.#dirty = false;
      try {
        await this.#apply();
      } catch (err) {
        this.#logger.error({ err }, 'policy table refused');
        this.#dirty = true;
        await sleep(RETRY_MS, signal);
      }
    }
  }

  async #apply(): Promise<void> {
    const policies = this.#policies.store.list();
    if (policies.length > 0 && !this.#pods) await this.#followPods();
    const pods = (this.#pods?.store.list() ?? []).flatMap((pod) => podView(pod) ?? []);
    const namespaces = new Map(
      this.#namespaces.store.list().map(({ metadata }) => [metadata.name ?? '', metadata.labels ?? {}] as const),
    );
    put(this.#table.model, planPolicies({ policies, pods, namespaces, nodeName: this.#nodeName }));
    const result = await this.#table.apply();
    if (result) this.#logger.debug({ policies: policies.length, ...result }, 'policy table written');
  }

  async #followPods(): Promise<void> {
    const pods = this.#informers.informer<Pod>(PODS, { transform: slimPod });
    await Promise.race([pods.synced(), new Promise((resolve) => this.#stopping.signal.addEventListener('abort', resolve))]);
    const seen = (pod: Pod) => JSON.stringify(podView(pod));
    const changed = () => void this.#changed();
    pods.addHandler({
      add: (_, initial) => (initial ? undefined : changed()),
      update: (old, pod) => (seen(old) === seen(pod) ? undefined : changed()),
      delete: changed,
    });
    this.#pods = pods;
  }

  /** Puts right what others did to the table. */
  async repair(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (await this.#table.repair('quick')) this.#logger.warn('policy table had been changed by somebody else: written anew');
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }
}

/** Brings a model to a plan, touching only what differs. */
function put(model: TableModel, plan: PolicyPlan): void {
  for (const [name, { body, elements }] of plan.sets) {
    model.putSet(name, { kind: 'set', body });
    const wanted = new Set(elements);
    for (const element of [...model.entries(name).keys()]) if (!wanted.has(element)) model.drop(name, element);
    for (const element of wanted) model.put(name, element);
  }
  for (const [name, rules] of plan.chains) model.putChain(name, rules);
  for (const direction of ['ingress', 'egress'] as const) {
    const wanted = plan.verdicts[direction];
    for (const ip of [...model.entries(direction).keys()]) if (!wanted.has(ip)) model.drop(direction, ip);
    for (const [ip, chain] of wanted) model.put(direction, ip, `jump ${chain}`);
  }
  for (const name of model.chainNames()) if (!plan.chains.has(name)) model.dropChain(name);
  for (const name of model.setNames()) if (!plan.sets.has(name)) model.dropSet(name);
}
