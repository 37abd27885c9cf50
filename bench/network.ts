// The data path between two pods on two nodes, and the service table and DNS at size, on a running cluster of one machine.
//   node bench/network.ts STATE-DIR [--rounds 15] [--seconds 1] [--services 5000] [--changes 50] [--only path,services,dns]
// The compared paths take turns within each round, so that a loaded machine slows all of them down.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@windlass/client';
import { inNamespace, machineNames, run } from '@windlass/host';
import type { EndpointSlice, Node, Pod, Service } from '@windlass/resources';
import { cpuSecondsOf, parallel, percentile, residentMiB } from './lib/stats.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '1' },
    services: { type: 'string', default: '5000' },
    changes: { type: 'string', default: '50' },
    only: { type: 'string', default: 'path,dns,services' },
  },
});
const [stateDir] = positionals;
if (!stateDir) throw new Error('usage: node bench/network.ts STATE-DIR [--rounds N] [--services N] [--only path,dns,services]');
const cluster = JSON.parse(readFileSync(path.join(stateDir, 'cluster.json'), 'utf8')) as { name: string };
const namespaceOf = machineNames(cluster.name).namespace;
const client = createClient(path.join(stateDir, 'kubeconfig/admin.conf'));
const core = (resource: string, kind: string) => ({ group: '', version: 'v1', resource, kind, namespaced: true });
const pods = client.resource<Pod>(core('pods', 'Pod'));
const services = client.resource<Service>(core('services', 'Service'));
const nodes = client.resource<Node>({ ...core('nodes', 'Node'), namespaced: false });
const slices = client.resource<EndpointSlice>({ ...core('endpointslices', 'EndpointSlice'), group: 'discovery.k8s.io' });
const namespace = 'default';
const PORT = 5201;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (values: number[]) => percentile(values, 50);

/** The first process whose command line has `text`. */
function processOf(text: string): number {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)) return Number(pid);
    } catch {}
  }
  throw new Error(`no process has ${text} in its command line`);
}
const daemonOf = (node: string) => processOf(path.join(stateDir, 'config', `${node}-daemon.json`));

const TRAFFIC = path.resolve(import.meta.dirname, 'lib/traffic.ts');
const inside = (prefix: string[], ...args: string[]) => {
  const [command, ...rest] = [...prefix, process.execPath, TRAFFIC, ...args];
  return { command: command!, rest };
};
async function traffic<T>(prefix: string[], ...args: string[]): Promise<T> {
  const { command, rest } = inside(prefix, ...args);
  return JSON.parse((await run(command, rest, { timeoutMs: 120_000 })).stdout) as T;
}

async function makePod(name: string, nodeName: string): Promise<{ ip: string; pid: number }> {
  const marker = `bench-network-${cluster.name}-${name}`;
  await pods.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { bench: name } },
    spec: {
      nodeName,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'c', image: 'windlass.dev/busybox:1', command: ['sh', '-c', `sleep 86400; : ${marker}`] }],
    },
  } as Pod);
  for (;;) {
    const { status } = await pods.get({ name, namespace });
    if (status?.phase === 'Running' && status.podIP) return { ip: status.podIP, pid: processOf(marker) };
    await wait(100);
  }
}

/** A VXLAN device per pod, made by hand on the underlay of its node, without bridge, routes and rules of the cluster in between. */
async function handMade(ends: { node: string; nodeIp: string; pid: number }[], mtu: number): Promise<string> {
  for (const [i, { node, nodeIp, pid }] of ends.entries()) {
    const [command, ...prefix] = inNamespace(namespaceOf(node));
    const fixed = ['id', '4242', 'dstport', '4789', 'local', nodeIp, 'remote', ends[1 - i]!.nodeIp, 'dev', 'eth0'];
    await run(command!, [...prefix, 'ip', 'link', 'add', 'bench', 'type', 'vxlan', ...fixed]);
    await run(command!, [...prefix, 'ip', 'link', 'set', 'bench', 'netns', String(pid)]);
    const [enter, ...args] = ofPod(pid);
    await run(enter!, [...args, 'ip', 'address', 'add', `192.168.251.${i + 1}/30`, 'dev', 'bench']);
    await run(enter!, [...args, 'ip', 'link', 'set', 'bench', 'mtu', String(mtu), 'up']);
  }
  return '192.168.251.2';
}
const ofPod = (pid: number) => ['nsenter', `--net=/proc/${pid}/ns/net`, '--'];

async function measurePath(): Promise<void> {
  const [a, b] = (await nodes.list()).items.map((node) => ({
    node: node.metadata.name!,
    nodeIp: node.status!.addresses!.find(({ type }) => type === 'InternalIP')!.address,
  }));
  const from = await makePod('bench-client', a!.node);
  const to = await makePod('bench-server', b!.node);
  const service = await services.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'bench-server', namespace },
    spec: { selector: { bench: 'bench-server' }, ports: [{ port: PORT }] },
  } as Service);
  const { stdout } = await run('nsenter', [`--net=/run/netns/${namespaceOf(a!.node)}`, 'ip', '-j', 'link', 'show', 'wl-vxlan']);
  const { mtu } = (JSON.parse(stdout) as { mtu: number }[])[0]!;
  const byHand = await handMade(
    [
      { ...a!, pid: from.pid },
      { ...b!, pid: to.pid },
    ],
    mtu,
  );
  const { command, rest } = inside(ofPod(to.pid), 'serve', String(PORT));
  const server = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => server.stdout!.once('data', resolve));
  const targets = { 'by hand': byHand, pod: to.ip, service: service.spec!.clusterIP! };
  type Name = keyof typeof targets;
  const names = Object.keys(targets) as Name[];
  const gbits: Record<Name, number[]> = { 'by hand': [], pod: [], service: [] };
  const dials: Record<Name, number[]> = { 'by hand': [], pod: [], service: [] };
  const prefix = ofPod(from.pid);
  for (let round = 0; round <= Number(options.rounds); round++)
    for (const name of round % 2 ? names : [...names].reverse()) {
      const sent = await traffic<{ bytes: number; seconds: number }>(
        prefix,
        'send',
        targets[name],
        String(PORT),
        options.seconds,
      );
      const dialled = await traffic<{ connections: number; failed: number; seconds: number }>(
        prefix,
        ...['dial', targets[name], String(PORT), options.seconds, '16'],
      );
      if (dialled.failed > 0) console.log(`${name}: ${dialled.failed} connections failed`);
      // The first round warms up.
      if (round === 0) continue;
      gbits[name].push((sent.bytes * 8) / sent.seconds / 1e9);
      dials[name].push(dialled.connections / dialled.seconds);
    }
  server.kill();
  const ratio = (of: Record<Name, number[]>, one: Name, other: Name) =>
    `${(100 * median(of[one].map((value, i) => value / of[other][i]!))).toFixed(0)} %` +
    ` (best rounds: ${((100 * Math.max(...of[one])) / Math.max(...of[other])).toFixed(0)} %)`;
  for (const name of names)
    console.log(
      `${name}: ${median(gbits[name]).toFixed(2)} Gbit/s (best ${Math.max(...gbits[name]).toFixed(2)}), ` +
        `${median(dials[name]).toFixed(0)} connections/s (best ${Math.max(...dials[name]).toFixed(0)})`,
    );
  console.log(`throughput: pod ${ratio(gbits, 'pod', 'by hand')} of by hand, service ${ratio(gbits, 'service', 'pod')} of pod`);
  console.log(`connections: service ${ratio(dials, 'service', 'pod')} of pod (median of the rounds' ratios)`);
  await services.delete({ name: 'bench-server', namespace });
  await Promise.all(['bench-client', 'bench-server'].map((name) => pods.delete({ name, namespace }, { gracePeriodSeconds: 0 })));
}

/** Questions to the name server of the first node from its own namespace; its rate per core is what it did per second of its CPU time. */
async function measureDns(): Promise<void> {
  const node = (await nodes.list()).items[0]!.metadata.name!;
  const config = readFileSync(path.join(stateDir!, 'config', `${node}-daemon.json`), 'utf8');
  const address = /"clusterDnsIp":\s*"([^"]+)"/.exec(config)![1]!;
  const pid = daemonOf(node);
  const name = 'kubernetes.default.svc.cluster.local';
  type Asked = { answers: number; lost: number; seconds: number; p50: number; p99: number };
  setPriority(pid, -10);
  for (const inFlight of ['1', '16', '64']) {
    const before = cpuSecondsOf(pid);
    const asked = await traffic<Asked>(inNamespace(namespaceOf(node)), 'ask', address, name, '5', inFlight);
    const cpu = cpuSecondsOf(pid) - before;
    const rate = (asked.answers / asked.seconds).toFixed(0);
    console.log(
      `DNS, ${inFlight} in flight: ${rate}/s, ${(asked.answers / cpu).toFixed(0)} per second of the daemon's CPU, ` +
        `p50 ${asked.p50.toFixed(2)} ms, p99 ${asked.p99.toFixed(2)} ms, ${asked.lost} lost`,
    );
  }
  setPriority(pid, 0);
}

const sliceOf = (i: number, last: number): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `bench-${i}`, namespace, labels: { 'kubernetes.io/service-name': `bench-${i}`, bench: 'services' } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 80, protocol: 'TCP' }],
  endpoints: [1, 2, last].map((host) => ({
    addresses: [`10.${100 + (i >> 8)}.${i & 255}.${host}`],
    conditions: { ready: true },
  })),
});

async function measureServices(): Promise<void> {
  const count = Number(options.services);
  const node = (await nodes.list()).items[0]!.metadata.name!;
  const made = await parallel(count, 32, async (i) => {
    await services.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `bench-${i}`, namespace, labels: { bench: 'services' } },
      spec: { ports: [{ port: 80 }] },
    } as Service);
    await slices.create(sliceOf(i, 3));
  });
  console.log(`${count} services with 3 endpoints each made, ${made.perSecond.toFixed(0)}/s`);
  const log = path.join(stateDir!, 'log', `${node}-daemon.log`);
  const synced = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .flatMap((line) =>
        line.includes('"service table ready"') ? [JSON.parse(line) as { services: number; tookMs: number }] : [],
      );
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const before = synced().length;
    process.kill(daemonOf(node), 'SIGKILL');
    while (synced().length === before) await wait(200);
    const { services: written, tookMs } = synced().at(-1)!;
    if (written < count) throw new Error(`the first table had ${written} services`);
    times.push(tookMs);
  }
  console.log(`first sync of a daemon that was killed: ${times.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}`);
  await measureChanges(node, count);
  console.log(`daemon: ${residentMiB([daemonOf(node)]).toFixed(0)} MiB resident`);
  // One by one: a collection of this size takes longer than a request may.
  await parallel(count, 16, async (i) => {
    await services.delete({ name: `bench-${i}`, namespace });
    await slices.delete({ name: `bench-${i}`, namespace });
  });
}

/** From the PUT of a slice to the kernel's own message that the element is there. */
async function measureChanges(node: string, count: number): Promise<void> {
  const [command, ...prefix] = inNamespace(namespaceOf(node));
  const monitor = spawn(command!, [...prefix, 'nft', 'monitor', 'elements'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let seen = (_: string) => {};
  monitor.stdout!.setEncoding('utf8').on('data', (text: string) => seen(text));
  await wait(3000);
  const ms: number[] = [];
  for (let change = 0; change < Number(options.changes); change++) {
    const i = (change * 97) % count;
    const slice = sliceOf(i, 4);
    const address = slice.endpoints![2]!.addresses[0]!;
    const present = await slices.get({ name: slice.metadata.name!, namespace });
    const arrived = new Promise<number>((resolve) => {
      seen = (text) => text.includes(address) && resolve(performance.now());
    });
    const started = performance.now();
    await slices.update({ ...present, endpoints: slice.endpoints });
    ms.push((await arrived) - started);
    await wait(100);
  }
  monitor.kill();
  console.log(
    `one change, from the PUT of a slice to the rule in the kernel: p50 ${percentile(ms, 50).toFixed(0)} ms, p99 ${percentile(ms, 99).toFixed(0)} ms`,
  );
}

const wanted = options.only.split(',');
if (wanted.includes('path')) await measurePath();
if (wanted.includes('dns')) await measureDns();
if (wanted.includes('services')) await measureServices();
client.close();
