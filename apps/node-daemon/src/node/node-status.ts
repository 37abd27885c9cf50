import { isDeepStrictEqual } from 'node:util';
import { type Client, type EventRecorder, type Informer, isAlreadyExists, isNotFound } from '@windlass/client';
import type { CriClient } from '@windlass/host';
import { type Logger, sleep, steadyNow } from '@windlass/platform';
import type { Node, NodeStatus } from '@windlass/resources';
import type { NodeDaemonConfig } from '../config.ts';
import { NODES } from '../network/resources.ts';
import { nodeConditions, nodeVerdicts, turnedReason } from './conditions.ts';
import type { Machine } from './machine.ts';
import { newNode, nodeFacts, nodeImages, nodeLabels } from './node-object.ts';

const CHECK_MS = 10_000;
const SETTLE_MS = 10_000;
const REPORT_MS = 300_000;

export interface NodeReporterOptions {
  config: NodeDaemonConfig;
  machine: Machine;
  kubeletPort: number;
  client: Client;
  cri: CriClient;
  nodes: Informer<Node>;
  recorder: EventRecorder;
  logger: Logger;
  /** Why the network is not ready; undefined: it is. */
  networkProblem(): string | undefined;
  /** Conditions of pressure that hold now. */
  pressures(): readonly string[];
}

/** Registers the node and reports its status: when something changed, and every five minutes (the lease is the heartbeat in between). */
export class NodeReporter {
  readonly #o: NodeReporterOptions;
  readonly #abort = new AbortController();
  #runtimeVersion = 'containerd://unknown';
  #last: NodeStatus | undefined;
  #lastAt = 0;
  #loop: Promise<void> | undefined;
  #wake = Promise.withResolvers<void>();

  constructor(options: NodeReporterOptions) {
    this.#o = options;
  }

  /** Resolves when the node is registered. */
  async start(): Promise<void> {
    const registered = Promise.withResolvers<void>();
    this.#loop = this.#run(registered.resolve);
    await registered.promise;
  }

  /** Something that the status tells has changed. */
  changed(): void {
    this.#wake.resolve();
  }

  async #run(registered: () => void): Promise<void> {
    const { logger, config, recorder, machine } = this.#o;
    let isRegistered = false;
    for (let retry = 200; !this.#abort.signal.aborted; ) {
      try {
        if (!isRegistered) {
          await this.#register();
          isRegistered = true;
          const node = { kind: 'Node', name: config.nodeName, uid: config.nodeName };
          recorder.event(node, 'Normal', 'Starting', 'Starting kubelet.');
          if (this.#last?.nodeInfo && this.#last.nodeInfo.bootID !== machine.bootId)
            recorder.event(node, 'Warning', 'Rebooted', `Node ${config.nodeName} has been rebooted, boot id: ${machine.bootId}`);
          registered();
          if (this.#wasReady()) await this.#settle();
        }
        await this.#report();
        retry = 200;
      } catch (err) {
        if (isNotFound(err)) isRegistered = false;
        logger.warn({ err }, 'node status is not written, trying again');
        await sleep(retry, this.#abort.signal);
        retry = Math.min(retry * 2, 5000);
        continue;
      }
      this.#wake = Promise.withResolvers();
      await Promise.race([sleep(CHECK_MS, this.#abort.signal), this.#wake.promise]);
    }
  }

  #wasReady = (): boolean => this.#last?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

  /** A daemon that restarts on a ready node must not call it unready while its own parts start. */
  async #settle(): Promise<void> {
    const until = steadyNow() + SETTLE_MS;
    while (steadyNow() < until && !this.#abort.signal.aborted && (await this.#unready()).length > 0)
      await sleep(50, this.#abort.signal);
  }

  async #register(): Promise<void> {
    const { client, config, machine } = this.#o;
    const nodes = client.resource<Node>(NODES);
    let node: Node;
    try {
      node = await nodes.create(newNode(config, machine, await this.#status([])));
      this.#last = undefined;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      node = await nodes.get({ name: config.nodeName });
      this.#last = node.status;
      const labels = nodeLabels(config, machine);
      const missing = Object.entries(labels).some(([key, value]) => node.metadata.labels?.[key] !== value);
      if (missing) await nodes.patch({ name: config.nodeName }, { metadata: { labels } });
    }
  }

  async #unready(): Promise<string[]> {
    const problems: string[] = [];
    try {
      const [conditions, version] = await Promise.all([this.#o.cri.status(), this.#o.cri.version()]);
      this.#runtimeVersion = `${version.runtimeName}://${version.runtimeVersion.replace(/^v/, '')}`;
      const ready = conditions.find(({ type }) => type === 'RuntimeReady');
      if (ready && !ready.status) problems.push(`container runtime is down: ${ready.message}`);
      const network = conditions.find(({ type }) => type === 'NetworkReady');
      if (network && !network.status)
        problems.push(
          `container runtime network not ready: NetworkReady=false reason:${network.reason} message:${network.message}`,
        );
    } catch (error) {
      problems.push(`container runtime is down: ${(error as Error).message}`);
    }
    const network = this.#o.networkProblem();
    if (network) problems.push(network);
    return problems;
  }

  async #status(old: NodeStatus['conditions']): Promise<NodeStatus> {
    const { config, machine, kubeletPort, cri } = this.#o;
    const unready = await this.#unready();
    const images = await cri.listImages().catch(() => []);
    return {
      ...nodeFacts(config, machine, this.#runtimeVersion, kubeletPort),
      conditions: nodeConditions(nodeVerdicts(this.#o.pressures(), unready), old ?? [], new Date()),
      images: nodeImages(images),
    };
  }

  async #report(): Promise<void> {
    const { client, config, recorder } = this.#o;
    const status = await this.#status(this.#last?.conditions);
    if (this.#last && steadyNow() - this.#lastAt < REPORT_MS && isDeepStrictEqual(essence(this.#last), essence(status))) return;
    const before = this.#last?.conditions ?? [];
    const patch = {
      status: {
        ...status,
        addresses: [{ $patch: 'replace' }, ...status.addresses!],
        images: status.images,
      },
    };
    await client.resource<Node>(NODES).patch({ name: config.nodeName }, patch, { type: 'strategic', subresource: 'status' });
    this.#last = status;
    this.#lastAt = steadyNow();
    for (const condition of status.conditions!) {
      const old = before.find(({ type }) => type === condition.type);
      const reason = turnedReason(condition);
      if (reason && old?.status !== condition.status) {
        const message = `Node ${config.nodeName} status is now: ${reason}`;
        recorder.event({ kind: 'Node', name: config.nodeName, uid: config.nodeName }, 'Normal', reason, message);
      }
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }
}

/** Without heartbeat times. */
const essence = ({ conditions, ...rest }: NodeStatus) => ({
  ...rest,
  conditions: conditions?.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
});
