import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { mountTmpfs, unmountBelow } from '@windlass/host';
import type { ContainerStatus, Lease, Node, Pod } from '@windlass/resources';
import { BUSYBOX, startTestNode, type TestNode } from '../testing/test-node.ts';
import { startTestRegistry } from '../testing/test-registry.ts';

const NODES = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false } as const;
const LEASES = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', kind: 'Lease', namespaced: true } as const;
const disk = `/tmp/wlnd-full-${process.pid}`;
let node: TestNode;
beforeAll(async () => {
  await mkdir(disk);
  await mountTmpfs(disk, 32 * 1024 ** 2);
  node = await startTestNode(24, { stateDir: `${disk}/d`, kubelet: { evictionHard: {} } });
}, 60_000);
afterAll(async () => {
  await node?.stop();
  await unmountBelow(disk);
  await rm(disk, { recursive: true, force: true });
}, 60_000);

const sh = (script: string, more: object = {}) => ({ name: 'c', image: BUSYBOX, command: ['sh', '-c', script], ...more });
const sleeper = sh('trap "exit 0" TERM; while :; do sleep 0.1; done');
const own = (pod: Pod): Partial<ContainerStatus> => pod.status?.containerStatuses?.[0] ?? {};

async function untilReady(status: string): Promise<Node> {
  for (let tries = 0; ; tries++) {
    const found = await node.api.admin.resource<Node>(NODES).get({ name: node.config.nodeName });
    if (found.status?.conditions?.find(({ type }) => type === 'Ready')?.status === status) return found;
    if (tries > 300) throw new Error(JSON.stringify(found.status?.conditions));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('containerd is killed and comes again: what runs goes on, what ended meanwhile is seen, the node says so', async () => {
  await node.create('goes-on', { containers: [sleeper] });
  await node.create('ends', {
    restartPolicy: 'Never',
    containers: [sh('while ! test -e /stop; do sleep 0.1; done; sleep 2; exit 7')],
  });
  const before = await node.running('goes-on');
  await node.running('ends');
  await node.exec('ends', 'touch /stop');
  await node.restartRuntime(async () => {
    const down = await untilReady('False');
    expect(down.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toMatch(/^container runtime is down/);
    await node.create('meanwhile', { containers: [sleeper] });
  });
  await untilReady('True');
  expect(own(await node.until('ends', ({ status }) => status?.phase === 'Failed', 40)).state?.terminated?.exitCode).toBe(7);
  await node.running('meanwhile', 60);
  expect(own(await node.get('goes-on'))).toEqual(own(before));
  expect(await node.exec('goes-on', 'echo alive')).toBe('alive\n');
  const reasons = (await node.events(node.config.nodeName)).map(({ reason }) => reason);
  expect(reasons).toEqual(expect.arrayContaining(['NodeNotReady', 'NodeReady']));
  for (const name of ['goes-on', 'ends', 'meanwhile']) await node.delete(name);
}, 120_000);

test('an image of which one byte is another is refused, told, and taken when it is whole', async () => {
  const registry = await startTestRegistry(`${disk}.registry`, 'app', {
    config: { Entrypoint: ['/bin/busybox', 'sleep', '3600'] },
    layers: [[{ type: 'file', path: 'bin/busybox', mode: 0o755, content: await readFile('/bin/busybox') }]],
  });
  try {
    registry.corrupt = true;
    await node.create('corrupt', { containers: [{ name: 'c', image: `${registry.host}/app:1` }] });
    const waiting = await node.until('corrupt', (pod) => own(pod).state?.waiting?.reason === 'ErrImagePull', 30);
    expect(own(waiting).state!.waiting!.message).toMatch(/unexpected commit digest sha256:[0-9a-f]+, expected sha256:[0-9a-f]+/);
    const failed = (await node.events('corrupt')).find(({ reason, message }) => reason === 'Failed' && /digest/.test(message));
    expect(failed?.message).toMatch(`Failed to pull image "${registry.host}/app:1": rpc error: code = `);
    await node.until('corrupt', (pod) => own(pod).state?.waiting?.reason === 'ImagePullBackOff', 30);
    registry.corrupt = false;
    await node.running('corrupt', 40);
    await node.delete('corrupt', 0);
  } finally {
    await registry.stop();
    await rm(`${disk}.registry`, { recursive: true, force: true });
  }
}, 120_000);

test('a full disk keeps pods from starting, is told, and harms nothing that runs', async () => {
  await node.create('neighbour', { containers: [sleeper] });
  const before = await node.running('neighbour');
  await writeFile(`${disk}/filler`, Buffer.alloc(40 * 1024 ** 2)).catch(() => {});
  await node.create('late', { volumes: [{ name: 'v', emptyDir: {} }], containers: [sleeper] });
  const told = async () =>
    (await node.events('late')).find(({ type, message }) => type === 'Warning' && /no space left on device|ENOSPC/.test(message));
  for (let tries = 0; !(await told()); tries++) {
    if (tries > 200) throw new Error(JSON.stringify(await node.events('late')));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await node.exec('neighbour', 'echo alive')).toBe('alive\n');
  expect(own(await node.get('neighbour'))).toEqual(own(before));
  await rm(`${disk}/filler`);
  await node.running('late', 60);
  for (const name of ['neighbour', 'late']) await node.delete(name);
}, 120_000);

test.each([
  ['forward', 2],
  ['back', -2],
])(
  'the clock jumps %s by %i hours: nothing restarts, probes, crashes, ends and the lease go on',
  async (direction, hours) => {
    const name = (what: string) => `${what}-${direction}`;
    const probe = { exec: { command: ['test', '-e', '/ready'] }, periodSeconds: 1 };
    await node.create(name('probed'), {
      containers: [{ ...sleeper, readinessProbe: probe, livenessProbe: { exec: { command: ['true'] }, periodSeconds: 1 } }],
    });
    await node.create(name('crashes'), { containers: [sh('sleep 1; exit 1')] });
    const before = await node.running(name('probed'));
    await node.until(name('crashes'), (pod) => own(pod).restartCount === 1);
    const real = Date.now;
    const jump = jest.spyOn(Date, 'now').mockImplementation(() => real() + hours * 3_600_000);
    try {
      await node.exec(name('probed'), 'touch /ready');
      const ready = await node.until(
        name('probed'),
        ({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True',
        20,
      );
      expect(own(ready)).toMatchObject({ restartCount: 0, containerID: own(before).containerID });
      await node.until(name('crashes'), (pod) => own(pod).restartCount! >= 2, 40);
      const leases = node.api.admin.resource<Lease>(LEASES);
      const lease = async () =>
        (await leases.get({ name: node.config.nodeName, namespace: 'kube-node-lease' })).metadata.resourceVersion;
      for (const seen = await lease(); (await lease()) === seen; ) await new Promise((resolve) => setTimeout(resolve, 200));
      await node.create(name('new'), { containers: [sleeper] });
      await node.running(name('new'));
      for (const what of ['probed', 'crashes', 'new']) await node.delete(name(what));
    } finally {
      jump.mockRestore();
    }
  },
  120_000,
);
