import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { InformerFactory } from '@windlass/client';
import {
  Forwarder,
  NODE_NETWORK,
  NODE_SYSCTLS,
  type OverlayNode,
  run,
  setSysctls,
  startDnsServer,
  underlayOf,
  writeCniConf,
} from '@windlass/host';
import { type Logger, sleep } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import { type DnsConfig, parseResolvConf, resolvConfFor } from '../dns/resolv-conf.ts';
import { ClusterResolver } from '../dns/resolver.ts';
import { ClusterZone } from '../dns/zone.ts';
import { Announcer } from './announcer.ts';
import { ClusterView } from './cluster-view.ts';
import { OverlaySync, overlayNode } from './overlay-sync.ts';
import { PolicySync } from './policies/policy-sync.ts';
import { ServiceSync } from './service-sync.ts';
import type { HostPort } from './services/proxy-model.ts';

export interface NetworkOptions {
  nodeName: string;
  nodeIp: string;
  clusterCidr: string;
  serviceCidr: string;
  clusterDnsIp: string;
  clusterDomain: string;
  /** This node's pod network; absent: awaited from `node.spec.podCIDR`. */
  podCidr?: string;
  /** Name servers for names outside the cluster; absent: those of the host's resolv.conf. */
  upstreamDns?: readonly string[];
  /** Shared by the daemon, which starts it. */
  informers: InformerFactory;
  logger: Logger;
  cniConfDir: string;
  /** Keeps address leases; must survive restarts of the daemon. */
  stateDir: string;
  zone?: string;
  vni?: number;
  vxlanPort?: number;
  /** How often links, routes, rules and addresses are compared with what they should be. Default 1000. */
  repairMs?: number;
}

export interface Network {
  /** Pods may be started: overlay, services and DNS work. Rejects only when stopped before. */
  readonly ready: Promise<void>;
  /** Resolver settings for CRI's PodSandboxConfig. */
  resolvConf(pod: Pod): DnsConfig;
  setHostPorts(ports: readonly HostPort[]): Promise<void>;
  /** Stops following the cluster; the network as it is stays, so pods keep working while the daemon restarts. */
  stop(): Promise<void>;
}

const VXLAN_OVERHEAD = 50;

/** The network of one node: overlay, services, DNS, CNI configuration; all in the network namespace that we run in. */
export function startNetwork(options: NetworkOptions): Network {
  const { nodeName, nodeIp, clusterDnsIp, clusterDomain, cniConfDir, stateDir, repairMs = 1000 } = options;
  const logger = options.logger.child({ part: 'network' });
  const abort = new AbortController();
  const view = new ClusterView(options.informers);
  const proxy = { table: NODE_NETWORK.serviceTable, clusterCidr: options.clusterCidr, serviceCidr: options.serviceCidr };
  const services = new ServiceSync(view, proxy, { nodeName, zone: options.zone }, [clusterDnsIp], logger);
  const policies = new PolicySync(options.informers, view.namespaces, nodeName, NODE_NETWORK.policyTable, logger);
  const announcer = new Announcer(view, nodeName, logger);
  const started: (() => Promise<unknown>)[] = [() => services.stop(), () => policies.stop(), () => announcer.stop()];
  let host: DnsConfig = { servers: [], searches: [], options: [] };

  const self = (): OverlayNode | undefined => {
    const node = view.nodes.store.get(nodeName);
    const podCidr = options.podCidr ?? (node && overlayNode({ ...node, status: addressed(nodeIp) })?.podCidr);
    return podCidr ? { name: nodeName, ip: nodeIp, podCidr } : undefined;
  };
  const peers = () => view.nodes.store.list().flatMap((node) => overlayNode(node) ?? []);

  const start = async (): Promise<void> => {
    host = parseResolvConf(await readFile('/etc/resolv.conf', 'utf8').catch(() => ''));
    const failed = await setSysctls(NODE_SYSCTLS);
    if (failed.length > 0) logger.warn({ failed }, 'kernel settings refused: same-node service calls or IPv6 may fail');
    await Promise.all([view.nodes.synced(), view.services.synced(), view.endpointSlices.synced()]);
    const { mtu } = await underlayOf(nodeIp);
    const overlayConfig = {
      device: NODE_NETWORK.device,
      vni: options.vni ?? 1,
      port: options.vxlanPort ?? 8472,
      mtu: mtu - VXLAN_OVERHEAD,
    };
    const overlay = new OverlaySync(overlayConfig, self, peers, logger);
    started.push(() => overlay.stop());
    await Promise.all([services.start(), policies.start(), startDns()]);
    const own = await ownNetwork();
    await overlay.apply();
    const changed = () => void overlay.apply();
    const unfollow = view.nodes.addHandler({ add: changed, update: changed, delete: changed });
    started.push(async () => unfollow());
    await writeCniConf({
      confDir: cniConfDir,
      leaseDir: path.join(stateDir, 'cni'),
      podCidr: own.podCidr,
      mtu: overlayConfig.mtu,
    });
    await announcer.start();
    const loop = repairLoop(overlay);
    started.push(() => loop);
    logger.info({ podCidr: own.podCidr, mtu: overlayConfig.mtu, services: view.services.store.size }, 'network ready');
  };

  const ownNetwork = async (): Promise<OverlayNode> => {
    for (let told = false; ; told = true) {
      const own = self();
      if (own) return own;
      if (!told) logger.info('waiting for a pod network (node.spec.podCIDR)');
      await sleep(100, abort.signal);
      if (abort.signal.aborted) throw new Error('network stopped before it was ready');
    }
  };

  const startDns = async (): Promise<void> => {
    await ensureDnsAddress(clusterDnsIp);
    const upstreams = (options.upstreamDns ?? host.servers).filter((server) => server !== clusterDnsIp);
    const zone = new ClusterZone(view, { domain: clusterDomain, dnsIp: clusterDnsIp });
    const resolver = new ClusterResolver(zone, new Forwarder({ upstreams }));
    const invalidate = () => resolver.invalidate();
    for (const informer of [view.services, view.endpointSlices, view.namespaces]) {
      const unfollow = informer.addHandler({ add: invalidate, update: invalidate, delete: invalidate });
      started.push(async () => unfollow());
    }
    const server = await startDnsServer({ address: clusterDnsIp }, resolver.resolve, (err) => logger.warn({ err }, 'DNS'));
    started.push(() => server.close());
  };

  const repairLoop = async (overlay: OverlaySync): Promise<void> => {
    for (let round = 1; !abort.signal.aborted; round++) {
      await sleep(repairMs, abort.signal);
      if (abort.signal.aborted) return;
      await services.repair().catch((err) => logger.error({ err }, 'service table cannot be repaired'));
      await policies.repair().catch((err) => logger.error({ err }, 'policy table cannot be repaired'));
      // Each look at the links costs four short processes.
      if (round % 3 !== 0) continue;
      await Promise.all([overlay.apply(), announcer.apply()]);
      await ensureDnsAddress(clusterDnsIp).catch((err) => logger.error({ err }, 'DNS address cannot be set'));
    }
  };

  const ready = start();
  ready.catch((err) => {
    if (!abort.signal.aborted) logger.error({ err }, 'network failed to start');
  });
  return {
    ready,
    resolvConf: (pod) => resolvConfFor(pod, { clusterDnsIp, clusterDomain, host }),
    setHostPorts: (ports) => services.setHostPorts(ports),
    async stop() {
      abort.abort();
      await ready.catch(() => {});
      for (const stop of started.reverse()) await stop();
    },
  };
}

const addressed = (address: string) => ({ addresses: [{ type: 'InternalIP' as const, address }] });

/** The cluster's name server is this very node: its address is on the loopback interface. */
async function ensureDnsAddress(ip: string): Promise<void> {
  const { stdout } = await run('ip', ['-j', 'address', 'show', 'dev', 'lo']);
  if (!stdout.includes(`"${ip}"`)) await run('ip', ['address', 'replace', `${ip}/32`, 'dev', 'lo']);
}
