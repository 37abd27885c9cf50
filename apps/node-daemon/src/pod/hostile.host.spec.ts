import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Cgroup, cgroupMounts } from '@windlass/host';
import { sleep } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import { BUSYBOX, startTestNode, type TestNode } from '../testing/test-node.ts';

const PIDS = 64;
const MI = 1024 ** 2;
let node: TestNode;
let neighbour: Pod;
beforeAll(async () => {
  node = await startTestNode(23, { podPidsLimit: PIDS });
  await node.create('neighbour', { containers: [container('while :; do date +%s > /tmp/alive; sleep 0.2; done')] });
  neighbour = await node.running('neighbour');
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const container = (script: string, more: object = {}) => ({ name: 'c', image: BUSYBOX, command: ['sh', '-c', script], ...more });
const limits = (memory: string) => ({ resources: { limits: { cpu: '300m', memory } } });

/** The neighbour works, was never restarted, and new pods start. */
async function expectLife(during: string): Promise<void> {
  const before = Number(await node.exec('neighbour', 'cat /tmp/alive'));
  await node.create(`new-${during}`, { containers: [container('sleep 60')] });
  await node.running(`new-${during}`, 30);
  for (let now = before; now === before; await sleep(100)) now = Number(await node.exec('neighbour', 'cat /tmp/alive'));
  expect((await node.get('neighbour')).status!.containerStatuses).toEqual(neighbour.status!.containerStatuses);
  await node.delete(`new-${during}`, 0);
}

test('a fork bomb stays below the limit of processes', async () => {
  await node.create('bomb', {
    containers: [container('b() { b | b & b; }; while :; do b 2>/dev/null; sleep 0.1; done', limits('256Mi'))],
  });
  const { metadata } = await node.running('bomb');
  const group = new Cgroup(`${node.config.cgroupRoot}/pod${metadata.uid}`, cgroupMounts());
  // Kernels count it in the group of the process that was refused, or in the one that has the limit.
  const deadline = Date.now() + 30_000;
  for (let refused = 0; refused === 0 && Date.now() < deadline; await sleep(100))
    for (const each of [group, ...group.children().map((name) => group.child(name))])
      refused += Number(/max (\d+)/.exec((await each.read('pids', 'pids.events')) ?? '')?.[1] ?? 0);
  expect(Date.now()).toBeLessThan(deadline);
  expect(Number(await group.read('pids', 'pids.current'))).toBeLessThanOrEqual(PIDS);
  await expectLife('bomb');
  await node.delete('bomb', 0);
}, 60_000);

test('a memory hog is killed alone', async () => {
  await node.create('hog', {
    restartPolicy: 'Never',
    containers: [container('head -c 500000000 /dev/zero | tail', limits('32Mi'))],
  });
  const pod = await node.until('hog', ({ status }) => status?.phase === 'Failed' || status?.phase === 'Succeeded', 30);
  const [own] = pod.status!.containerStatuses!;
  // The kernel kills the largest process: the shell then tells how its child ended.
  expect(own!.state?.terminated).toMatchObject({ exitCode: 137 });
  await expectLife('hog');
}, 60_000);

test('a flood of logs is rotated away, in flat memory', async () => {
  await node.create('flood', {
    containers: [container('yes 0123456789012345678901234567890123456789012345678901234567890123', { resources: {} })],
  });
  const { metadata } = await node.running('flood');
  const directory = path.join(node.config.stateDir, 'pods-logs', `default_flood_${metadata.uid}`, 'c');
  const size = async () => {
    const sizes = (await readdir(directory)).map((name) =>
      stat(path.join(directory, name)).then(
        ({ size: bytes }) => bytes,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((total, bytes) => total + bytes, 0);
  };
  const memory = process.memoryUsage().rss;
  let [largest, rotations] = [0, new Set<string>()];
  for (let written = 0; written < 12 || rotations.size < 6; written++) {
    await sleep(500);
    largest = Math.max(largest, await size());
    for (const name of await readdir(directory)) rotations.add(name);
    if (written > 120) throw new Error(`only ${[...rotations]}`);
  }
  await expectLife('flood');
  // Five files of 10 MiB, and what is written between two looks.
  expect(largest).toBeLessThan(500 * MI);
  expect(process.memoryUsage().rss - memory).toBeLessThan(100 * MI);
  await node.delete('flood', 0);
  while (existsSync(directory)) await sleep(100);
}, 120_000);

test('links in a volume lead nowhere outside, not even when they are turned around while a container starts', async () => {
  await node.create('links', {
    volumes: [{ name: 'v', emptyDir: {} }],
    containers: [
      container(
        'ln -s /etc /v/out; ln -s /etc/hostname /v/file; mkdir -p /v/turn /v/other; ln -s /etc /v/link; while :; do mv -T /v/turn /v/kept; mv -T /v/link /v/turn; mv -T /v/turn /v/link; mv -T /v/kept /v/turn; done',
        {
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
          ...limits('32Mi'),
        },
      ),
      ...['out', 'file', 'turn', 'turn/ssl'].map((subPath, index) => ({
        ...container('ls /m > /dev/termination-log 2>&1'),
        name: `m${index}`,
        volumeMounts: [{ name: 'v', mountPath: '/m', subPath }],
      })),
    ],
  });
  const shows = (pod: Pod) => pod.status?.containerStatuses?.filter(({ name }) => name !== 'c') ?? [];
  const pod = await node.until(
    'links',
    (each) =>
      (shows(each).find(({ name }) => name === 'm2')?.restartCount ?? 0) >= 1 || shows(each).every(({ state }) => state?.waiting),
    40,
  );
  for (const { name, state } of shows(pod).filter(({ name: each }) => each === 'm0' || each === 'm1'))
    expect([name, state?.waiting]).toEqual([
      name,
      {
        reason: 'CreateContainerConfigError',
        message: expect.stringMatching(
          /^failed to prepare subPath for volumeMount "v" of container: subPath "(out|file)" leads out of its volume$/,
        ),
      },
    ]);
  const seen = JSON.stringify(shows(pod));
  for (const name of await readdir('/etc')) if (name.length > 6) expect(seen).not.toContain(name);
  expect(await readFile('/etc/hostname', 'utf8')).not.toBe('');
  await expectLife('links');
}, 90_000);
