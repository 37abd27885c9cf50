import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  Cgroup,
  type ChildHandle,
  CriClient,
  cgroupMounts,
  containerdCommand,
  importImage,
  run,
  spawnProcess,
  unmountBelow,
  writeBuiltinImages,
  writeCniConf,
} from '@windlass/host';
import { issueServingCertificate } from '@windlass/pki';
import { createLogger, sleep } from '@windlass/platform';
import type { ConfigMap, Pod, ServiceAccount } from '@windlass/resources';
import { startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import type { NodeDaemonConfig } from '../config.ts';
import { type NodeDaemon, startNodeDaemon } from '../start.ts';
import { execInPod } from './exec-client.ts';

export const PODS = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true } as const;
export const EVENTS = { group: '', version: 'v1', resource: 'events', kind: 'Event', namespaced: true } as const;
const SERVICE_ACCOUNTS = {
  group: '',
  version: 'v1',
  resource: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
} as const;
export const CONFIG_MAPS = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true } as const;
export const BUSYBOX = 'windlass.dev/busybox:1';
/** Runs until SIGTERM. */
export const KEEPS_RUNNING = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'];

type PodSpec = Partial<Pod['spec']> & Pick<Pod['spec'], 'containers'>;

export interface TestEvent {
  reason: string;
  message: string;
  type: string;
  count?: number;
}

/** A real node for specs: an API server, a containerd of its own, and the node daemon in this process. Pods have addresses of a bridge here. */
export interface TestNode {
  api: TestApiServer;
  daemon: NodeDaemon;
  config: NodeDaemonConfig;
  /** Creates a pod on the node; no scheduler, no service account token. */
  create(name: string, spec: PodSpec, metadata?: Partial<Pod['metadata']>): Promise<Pod>;
  get(name: string): Promise<Pod>;
  /** Waits until `check` holds of the pod. @throws Error with the last status and the pod's events */
  until(name: string, check: (pod: Pod) => unknown, seconds?: number): Promise<Pod>;
  running(name: string, seconds?: number): Promise<Pod>;
  delete(name: string, gracePeriodSeconds?: number): Promise<void>;
  /** A shell script's output in a pod's container (default the first one). */
  exec(name: string, script: string, container?: string): Promise<string>;
  events(name: string): Promise<TestEvent[]>;
  /** Ends the daemon and starts another one. */
  restart(): Promise<void>;
  /** Kills containerd with SIGKILL, and starts another one after `whileDown`. */
  restartRuntime(whileDown?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export type StartDaemon = (config: NodeDaemonConfig) => Promise<NodeDaemon>;

const inThisProcess: StartDaemon = (config) =>
  startNodeDaemon(config, createLogger('node-daemon', process.env.WINDLASS_TEST_LOG ?? 'silent'));

/** @param index distinguishes spec files that run at the same time: 0 to 99 @param start default: in this process */
export async function startTestNode(
  index: number,
  overrides: Partial<NodeDaemonConfig> = {},
  start: StartDaemon = inThisProcess,
): Promise<TestNode> {
  const directory = await mkdtemp('/tmp/wlnd-');
  const api = await startTestApiServer();
  const bridge = `wlt${index}`;
  const cniConfDir = path.join(directory, 'cni');
  await writeCniConf({
    confDir: cniConfDir,
    leaseDir: path.join(directory, 'leases'),
    podCidr: `10.199.${index}.0/24`,
    mtu: 1500,
    bridge,
  });
  let containerd = await startContainerd(path.join(directory, 'c'), cniConfDir);
  const images = await writeBuiltinImages(path.join(directory, 'images'));
  for (const { file } of images) await importImage(containerd.socket, file);
  const config = await nodeConfig(api, directory, containerd.socket, `10.199.${index}.1`, cniConfDir, index, overrides);
  await prepareNamespace(api, 'default');
  let daemon = await start(config);
  const pods = api.admin.resource<Pod>(PODS);
  const get = (name: string) => pods.get({ name, namespace: 'default' });

  const events = async (name: string) => {
    const { items } = await api.admin.resource(EVENTS).list({ namespace: 'default' });
    return items.filter((event) => event.involvedObject?.name === name) as never as TestEvent[];
  };
  const until = async (name: string, check: (pod: Pod) => unknown, seconds = 20): Promise<Pod> => {
    for (const deadline = Date.now() + seconds * 1000; ; await sleep(50)) {
      const pod = await get(name);
      if (check(pod)) return pod;
      if (Date.now() < deadline) continue;
      const seen = (await events(name)).map(({ reason, message, count }) => `${count ?? 1}x ${reason}: ${message}`);
      throw new Error(`${name} is not as expected: ${JSON.stringify(pod.status)}\n${seen.join('\n')}`);
    }
  };
  return {
    api,
    config,
    get daemon() {
      return daemon;
    },
    create: (name, spec, metadata = {}) =>
      pods.create({
        metadata: { name, namespace: 'default', ...metadata },
        spec: { nodeName: config.nodeName, terminationGracePeriodSeconds: 1, automountServiceAccountToken: false, ...spec },
      } as Pod),
    get,
    until,
    running: (name, seconds) => until(name, ({ status }) => status?.phase === 'Running', seconds),
    async delete(name, gracePeriodSeconds) {
      await pods.delete({ name, namespace: 'default' }, { gracePeriodSeconds });
      for (const deadline = Date.now() + 20_000; ; await sleep(50)) {
        const found = await get(name).catch(() => undefined);
        if (!found) return;
        if (Date.now() > deadline) throw new Error(`${name} does not go`);
      }
    },
    async exec(name, script, container) {
      const { spec } = await get(name);
      const where = container ?? spec.containers[0]!.name;
      const { stdout } = await execInPod(api, { pod: name, container: where, command: ['sh', '-c', script] });
      return stdout;
    },
    events,
    async restart() {
      await daemon.stop();
      daemon = await start(config);
    },
    async restartRuntime(whileDown) {
      process.kill(containerd.handle.pid, 'SIGKILL');
      await containerd.handle.exited;
      await whileDown?.();
      containerd = await startContainerd(path.join(directory, 'c'), cniConfDir);
    },
    async stop() {
      for (const { metadata } of (await pods.list({ namespace: 'default' })).items)
        await pods.delete({ name: metadata.name!, namespace: 'default' }, { gracePeriodSeconds: 0 }).catch(() => {});
      await daemon.stop();
      await removeEverything(containerd, bridge, directory, config);
      await api.stop();
      await stopDatabases();
    },
  };
}

async function startContainerd(directory: string, cniConfDir: string): Promise<{ socket: string; handle: ChildHandle }> {
  const command = await containerdCommand({ directory, cniConfDir });
  await command.prepare();
  const handle = await spawnProcess(command.command, command.args);
  for (const deadline = Date.now() + 20_000; !(await command.ready()); await sleep(50))
    if (Date.now() > deadline) throw new Error(`containerd does not start: ${handle.output()}`);
  return { socket: command.socket, handle };
}

async function nodeConfig(
  api: TestApiServer,
  directory: string,
  containerdSocket: string,
  nodeIp: string,
  cniConfDir: string,
  index: number,
  overrides: Partial<NodeDaemonConfig>,
): Promise<NodeDaemonConfig> {
  const nodeName = `node-${index}`;
  const user = `system:node:${nodeName}`;
  const { cert, key } = await issueServingCertificate(api.pki, { commonName: user, hosts: [nodeName, '127.0.0.1', nodeIp] });
  const files = {
    caFile: path.join(directory, 'ca.crt'),
    certFile: path.join(directory, 'k.crt'),
    keyFile: path.join(directory, 'k.key'),
  };
  await writeFile(files.caFile, api.pki.caCert);
  await writeFile(files.certFile, cert);
  await writeFile(files.keyFile, key);
  return {
    nodeName,
    kubeconfig: await api.kubeconfig(user, ['system:nodes']),
    stateDir: path.join(directory, 'd'),
    containerdSocket,
    nodeIp: '127.0.0.1',
    clusterCidr: '10.199.0.0/16',
    serviceCidr: '10.96.0.0/16',
    clusterDnsIp: '10.96.0.10',
    clusterDomain: 'cluster.local',
    kubeletPort: 0,
    pki: files,
    cgroupRoot: `/windlass-test-${process.pid}-${index}`,
    cniConfDir,
    network: false,
    ...overrides,
  };
}

/** What the controllers would make. */
async function prepareNamespace(api: TestApiServer, namespace: string): Promise<void> {
  await api.admin
    .resource<ServiceAccount>(SERVICE_ACCOUNTS)
    .create({ metadata: { name: 'default', namespace } } as ServiceAccount);
  await api.admin
    .resource<ConfigMap>(CONFIG_MAPS)
    .create({ metadata: { name: 'kube-root-ca.crt', namespace }, data: { 'ca.crt': api.pki.caCert } } as ConfigMap);
}

async function removeEverything(
  containerd: { socket: string; handle: ChildHandle },
  bridge: string,
  directory: string,
  config: NodeDaemonConfig,
): Promise<void> {
  const cri = new CriClient(containerd.socket);
  for (const { id } of await cri.listPodSandboxes()) {
    await cri.stopPodSandbox(id).catch(() => {});
    await cri.removePodSandbox(id).catch(() => {});
  }
  cri.close();
  await containerd.handle.stop();
  await run('ip', ['link', 'delete', bridge], { okCodes: 'any' });
  await new Cgroup(config.cgroupRoot!, cgroupMounts()).remove();
  await unmountBelow(directory);
  await rm(directory, { recursive: true, force: true });
}
