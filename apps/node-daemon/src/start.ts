import { mkdir } from 'node:fs/promises';
import { createClient, createEventRecorder, InformerFactory, type ResourceRef, referenceTo } from '@windlass/client';
import { Cgroup, CriClient, cgroupMounts, hasAppArmor, readLimits } from '@windlass/host';
import type { Logger } from '@windlass/platform';
import type { Node, Pod, Service } from '@windlass/resources';
import type { NodeDaemonConfig } from './config.ts';
import { EvictionManager } from './eviction/eviction-manager.ts';
import { Measure } from './eviction/measure.ts';
import { ImageCollector } from './images/image-gc.ts';
import { startLogs } from './logs/index.ts';
import { startNetwork } from './network/index.ts';
import { NODES } from './network/resources.ts';
import { describeMachine } from './node/machine.ts';
import { keepLease } from './node/node-lease.ts';
import { nodeResources } from './node/node-object.ts';
import { NodeReporter } from './node/node-status.ts';
import { NodePaths } from './pod/names.ts';
import { type NodeContext, podCgroupName } from './pod/node-context.ts';
import { fieldPathOf, imagesOf } from './pod/spec.ts';
import { sysctlPatternMistakes } from './pod/sysctls.ts';
import { Prober } from './probes/prober.ts';
import { createNodeRuntime } from './runtime/create-node-runtime.ts';
import { Images } from './runtime/images.ts';
import { PodCache } from './runtime/pod-cache.ts';
import { PodManager } from './runtime/pod-manager.ts';
import { watchRuntime } from './runtime/runtime-events.ts';
import { runtimeHandlerOf } from './runtime/runtime-handler.ts';
import { StaleNetworks } from './runtime/stale-networks.ts';
import { StartSlots } from './runtime/start-slots.ts';
import { startUpkeep } from './runtime/upkeep.ts';
import { startServer } from './server/index.ts';
import { shutdownPeriods } from './shutdown/periods.ts';
import { SHUTTING_DOWN, shutDown } from './shutdown/shut-down.ts';
import { MirrorPods } from './static/mirror-pods.ts';
import { StaticPods } from './static/static-pods.ts';
import { PODS, StatusWriter } from './status/status-writer.ts';
import { LocalVolumes } from './volumes/local-volumes.ts';
import { ReferencedObjects } from './volumes/referenced-objects.ts';
import { TokenCache } from './volumes/token-cache.ts';

const SERVICES: ResourceRef = { group: '', version: 'v1', resource: 'services', kind: 'Service', namespaced: true };
const DEFAULT_PIDS = 4096;

export interface NodeDaemon {
  /** Ends the daemon; containers go on running. */
  stop(): Promise<void>;
}

/**
 * Starts everything of a node: registration, network, kubelet API, pod workers, log shipping. Resolves when the node is registered and its
 * pods are being looked after. @throws when the runtime does not answer or the kubelet port is taken
 */
export async function startNodeDaemon(config: NodeDaemonConfig, logger: Logger): Promise<NodeDaemon> {
  const allowedUnsafeSysctls = config.kubelet?.allowedUnsafeSysctls ?? [];
  const mistakes = sysctlPatternMistakes(allowedUnsafeSysctls);
  if (mistakes.length > 0) throw new Error(`allowedUnsafeSysctls: ${mistakes.join('; ')}`);
  const periods = shutdownPeriods(config.kubelet ?? {});
  const abort = new AbortController();
  const paths = new NodePaths(config.stateDir);
  for (const directory of [paths.logs, paths.pods]) await mkdir(directory, { recursive: true, mode: 0o755 });
  const client = createClient(config.kubeconfig);
  const cri = new CriClient(config.containerdSocket);
  const machine = await describeMachine(config.stateDir);
  const informers = new InformerFactory(client, { onError: (err, during) => logger.warn({ err, during }, 'informer') });
  const onError = (err: unknown) => logger.debug({ err }, 'event is not written');
  const recorder = createEventRecorder(client, { component: 'kubelet', host: config.nodeName }, { onError });
  const pods = informers.informer<Pod>(PODS, { fieldSelector: `spec.nodeName=${config.nodeName}` });
  const services = informers.informer<Service>(SERVICES);
  const nodes = informers.informer<Node>(NODES, { fieldSelector: `metadata.name=${config.nodeName}` });
  const proxyClient = config.proxyKubeconfig ? createClient(config.proxyKubeconfig, { userAgent: 'windlass-network' }) : client;
  const clusterInformers = new InformerFactory(proxyClient, {
    onError: (err, during) => logger.warn({ err, during }, 'informer'),
  });

  const network =
    config.network === false
      ? undefined
      : startNetwork({
          ...config,
          informers: clusterInformers,
          logger,
          stateDir: config.stateDir,
        });
  let isNetworkReady = !network;
  let isShuttingDown = false;
  const networkReady = network?.ready ?? Promise.resolve();

  const status = new StatusWriter(client, logger);
  const cgroup = new Cgroup(config.cgroupRoot ?? `/windlass-${config.nodeName}`, cgroupMounts());
  await cgroup.create();
  const cache = new PodCache(cri, (uid, id) => readLimits(cgroup.child(podCgroupName(uid)).child(id)));
  const prober = new Prober(cri, {
    changed: (uid) => manager.changed(uid),
    unhealthy: (pod, container, reason, message) => ctx.event(pod, container, 'Warning', reason, message),
  });
  const logs = startLogs({
    config: config.logging ?? {},
    node: config.nodeName,
    podLogsDir: paths.logs,
    stateDir: config.stateDir,
    pod(uid) {
      const pod = manager.byUid(uid);
      if (!pod) return undefined;
      return {
        labels: pod.metadata.labels ?? {},
        annotations: pod.metadata.annotations ?? {},
        container(name, instance) {
          const found = cache
            .get(uid)
            ?.containers.find(({ metadata }) => metadata.name === name && metadata.attempt === instance);
          return found && { containerId: found.id, image: found.image?.image ?? '' };
        },
      };
    },
    logger,
  });
  const memoryCapacity = config.capacity?.memoryBytes ?? machine.memoryBytes;
  const ctx: NodeContext = {
    nodeName: config.nodeName,
    nodeIp: config.nodeIp,
    node: () => nodes.store.get(config.nodeName),
    clusterDomain: config.clusterDomain,
    memoryCapacity,
    allocatable: nodeResources(config, machine).allocatable,
    allowedUnsafeSysctls,
    seccompDefault: config.kubelet?.seccompDefault ?? true,
    hasAppArmor: hasAppArmor(),
    podPidsLimit: config.podPidsLimit ?? DEFAULT_PIDS,
    paths,
    cgroup,
    client,
    cri,
    containerdSocket: config.containerdSocket,
    cache,
    slots: new StartSlots(),
    images: new Images(cri),
    prober,
    status,
    localVolumes: new LocalVolumes(config.stateDir),
    objects: new ReferencedObjects(client),
    tokens: new TokenCache(client),
    logger,
    networkReady,
    isNetworkReady: () => isNetworkReady,
    resolvConf: (pod) => network?.resolvConf(pod) ?? { servers: [config.clusterDnsIp], searches: [], options: [] },
    runtimeHandler: (pod) => runtimeHandlerOf(client, pod),
    services: (namespace) => services.store.inNamespace(namespace),
    mayRemoveLogs: (uid) => logs.mayRemove(uid),
    pressureRefusal: (pod) => eviction.refusal(pod),
    others: (uid) => manager.others(uid),
    resourcesFreed: () => manager.retryResizes(),
    mirrorOf: (pod) => mirrors.of(pod),
    isShuttingDown: () => isShuttingDown,
    podChanged: () => manager.statusChanged(),
    event: (pod, container, type, reason, message) =>
      recorder.event(referenceTo(pod, container && fieldPathOf(container)), type, reason, message),
  };
  const mirrors: MirrorPods = new MirrorPods({
    client,
    logger,
    node: ctx.node,
    wanted: () => manager.staticPods,
    appeared: (uid) => manager.changed(uid),
  });
  const manager = new PodManager(ctx, pods, mirrors, (ports) => {
    network?.setHostPorts(ports).catch((err) => logger.error({ err }, 'host ports are not set'));
  });
  const runtime = createNodeRuntime(ctx, manager);

  const nodeEvent = (reason: string, message: string) =>
    recorder.event({ kind: 'Node', name: config.nodeName, uid: config.nodeName }, 'Warning', reason, message);
  const settings = config.kubelet ?? {};
  const measure = new Measure(runtime, memoryCapacity);
  const images = new ImageCollector({
    settings,
    cri,
    logger,
    nodeEvent,
    wanted: () => new Set(manager.pods().flatMap(imagesOf)),
    imageFs: () => measure.imageFs(),
  });
  const eviction = new EvictionManager({
    settings,
    measure,
    logger,
    nodeEvent,
    pods: () => manager.active(),
    evict: (pod, how) => manager.evict(pod, how),
    async reclaimDisk() {
      await manager.removeEnded();
      await images.deleteUnused();
    },
    changed: () => reporter.changed(),
  });

  const server = await startServer(config, runtime, logger);
  const kubeletPort = server.port;
  const reporter = new NodeReporter({
    config,
    machine,
    kubeletPort,
    client,
    cri,
    nodes,
    recorder,
    logger,
    pressures: () => eviction.conditions,
    networkProblem: () => (isShuttingDown ? SHUTTING_DOWN : isNetworkReady ? undefined : 'the pod network is not ready'),
  });
  networkReady.then(
    () => {
      isNetworkReady = true;
      reporter.changed();
    },
    () => {},
  );
  // Static pods need no API server.
  await cache.relist();
  const events = watchRuntime(
    config.containerdSocket,
    cache,
    (uid) => manager.changed(uid),
    (containerId) => logger.info({ containerId }, 'container ran out of memory'),
    logger,
  );
  const staticPods = new StaticPods(config.kubelet?.staticPodPath ?? paths.manifests, config.nodeName, logger, (found) =>
    manager.setStatic(found),
  );
  await staticPods.start();
  await reporter.start();
  informers.start(abort.signal);
  clusterInformers.start(abort.signal);
  const lease = keepLease(client, () => nodes.store.get(config.nodeName), config.nodeName, logger, abort.signal);
  await services.synced();
  await manager.start();
  mirrors.start();
  const upkeep = startUpkeep(ctx, manager, new StaleNetworks(cri, config.cniConfDir, config.staleNetworkSeconds, logger), logger);
  eviction.start();
  images.start();
  logger.info({ node: config.nodeName, kubeletPort, pods: pods.store.size }, 'node daemon ready');
  return {
    async stop() {
      if (periods.length > 0) {
        isShuttingDown = true;
        reporter.changed();
        await shutDown(periods, manager.active(), (pod, how) => manager.evict(pod, how), logger);
        await status.settled();
      }
      abort.abort();
      await Promise.all([staticPods.stop(), mirrors.stop()]);
      await Promise.all([eviction.stop(), images.stop(), upkeep.stop(), events.stop(), reporter.stop(), server.stop(), lease]);
      manager.stop();
      prober.stop();
      ctx.objects.stop();
      await status.stop();
      await logs.stop();
      await network?.stop();
      await recorder.flush();
      cri.close();
      proxyClient.close();
      client.close();
    },
  };
}
