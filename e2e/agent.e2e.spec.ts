import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { getJson, kubectl } from './lib/kubectl.ts';
import { windlass } from './lib/windlass.ts';

const { stateDir, name: cluster, nodeIps } = fixture();
const root = path.resolve(import.meta.dirname, '..');
const underlay = nodeIps[0]!.replace(/\.\d+$/, '');
const address = `${underlay}.150`;
const netns = `wlj-${process.pid}`;
const link = `wlj${process.pid}`.slice(0, 15);
const agentDir = mkdtempSync('/var/tmp/wla-');
const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8' });
const node = path.join(root, 'node_modules/.bin/node');
const cli = [`--net=/run/netns/${netns}`, node, path.join(root, 'dist/cli.mjs')];
const inside = (...args: string[]) =>
  execFileSync('nsenter', [...cli, ...args], { encoding: 'utf8', env: process.env, stdio: ['ignore', 'pipe', 'pipe'] });

let server: string;
let token: string;

/** Another machine: a network namespace on the bridge of the nodes. */
beforeAll(async () => {
  const bridge = (JSON.parse(ip('-j', '-4', 'address', 'show')) as { ifname: string; addr_info: { local: string }[] }[]).find(
    ({ addr_info }) => addr_info.some(({ local }) => local === `${underlay}.1`),
  )!.ifname;
  ip('netns', 'add', netns);
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns);
  ip('link', 'set', link, 'master', bridge, 'up');
  for (const each of [
    ['link', 'set', 'lo', 'up'],
    ['address', 'add', `${address}/24`, 'dev', 'eth0'],
    ['link', 'set', 'eth0', 'up'],
    ['route', 'add', 'default', 'via', `${underlay}.1`],
  ])
    ip('-n', netns, ...each);
  server = `https://${underlay}.1:${JSON.parse(readFileSync(path.join(stateDir, 'cluster.json'), 'utf8')).apiPort}`;
  token = (await windlass(['token', 'create', '--state-dir', stateDir])).trim();
}, 60_000);

afterAll(async () => {
  try {
    inside('down', '--state-dir', agentDir, '--purge');
  } finally {
    ip('netns', 'delete', netns);
    await kubectl(['delete', 'node', 'joined', '--ignore-not-found']);
  }
}, 90_000);

const start = (...flags: string[]) => {
  const log = openSync(path.join(agentDir, 'agent.log'), 'a');
  const args = [...cli, 'agent', '--state-dir', agentDir, '--server', server, '--node-name', 'joined', ...flags];
  spawn('nsenter', args, { stdio: ['ignore', log, log], env: process.env, detached: true }).unref();
};
const ready = () =>
  eventually(async () => {
    const found = await getJson(['get', 'node', 'joined']);
    return (
      found.status.conditions.some(({ type, status }: Record<string, string>) => type === 'Ready' && status === 'True') && found
    );
  }, 60);

test('a wrong token, or another authority, is refused with the reason', () => {
  const join = (...flags: string[]) =>
    inside('agent', '--state-dir', agentDir, '--server', server, '--node-name', 'joined', ...flags);
  expect(() => join('--token', 'aaaaaa.0123456789abcdef')).toThrow(/token id "aaaaaa" is invalid for this cluster/);
  expect(() => join('--token', token, '--ca-cert-hash', `sha256:${'0'.repeat(64)}`)).toThrow(/not among --ca-cert-hash/);
  expect(() => join()).toThrow(/has not joined yet/);
}, 60_000);

test('a machine joins with a token: Ready, labels and taints, addresses in the cluster, logs and exec through the API server', async () => {
  start('--token', token, '--label', 'rack=r7', '--taint', 'only=these:NoSchedule');
  const found = await ready();
  expect(found.metadata.labels).toMatchObject({ rack: 'r7', 'kubernetes.io/hostname': 'joined' });
  expect(found.spec.taints).toContainEqual({ key: 'only', value: 'these', effect: 'NoSchedule' });
  expect(found.status.addresses).toContainEqual({ type: 'InternalIP', address });
  const overrides = {
    spec: {
      nodeSelector: { rack: 'r7' },
      tolerations: [{ key: 'only', operator: 'Exists' }],
      containers: [{ name: 'c', image: 'windlass.dev/busybox:1', command: ['sh', '-c', 'echo here; exec sleep 3600'] }],
    },
  };
  await kubectl(['run', 'there', '--image=windlass.dev/busybox:1', `--overrides=${JSON.stringify(overrides)}`]);
  try {
    await kubectl(['wait', '--for=condition=Ready', 'pod/there', '--timeout=60s']);
    await eventually(async () => (await kubectl(['logs', 'there'])).includes('here'), 60);
    const names = await kubectl(['exec', 'there', '--', 'wget', '-qO-', 'http://hello.default.svc.cluster.local/cgi-bin/hello']);
    expect(names).toMatch(/^Hello from hello-/m);
  } finally {
    await kubectl(['delete', 'pod', 'there', '--grace-period=1']);
  }
  const serving = new X509Certificate(readFileSync(path.join(agentDir, 'nodes/joined/pki/kubelet.crt')));
  expect(serving.subjectAltName).toBe(`IP Address:${address}`);
  const { items } = await getJson(['get', 'csr']);
  const mine = items.filter(({ spec }: { spec: { username: string } }) => spec.username === 'system:node:joined');
  expect(mine.map(({ spec }: { spec: { signerName: string } }) => spec.signerName)).toEqual(['kubernetes.io/kubelet-serving']);
}, 150_000);

test('it ends, starts again without a token, and `down` leaves nothing', async () => {
  inside('down', '--state-dir', agentDir);
  expect(ip('-n', netns, 'link')).not.toMatch(/wl-vxlan|cni0/);
  expect(existsSync('/sys/fs/cgroup/memory/windlass-agent-joined')).toBe(false);
  expect(() => execFileSync('pgrep', ['-f', `${agentDir}/`])).toThrow();
  start();
  await eventually(async () => {
    const { items } = await getJson(['get', 'lease', '-n', 'kube-node-lease']);
    const lease = items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === 'joined');
    return Date.now() - Date.parse(lease.spec.renewTime) < 8000;
  }, 60);
  await ready();
  expect(cluster).toBeTruthy();
}, 150_000);
