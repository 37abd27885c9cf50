import { mkdir, rm, writeFile } from 'node:fs/promises';
import { importImage, mountTmpfs, unmountBelow, writeImage } from '@windlass/host';
import type { Node, Pod } from '@windlass/resources';
import { BUSYBOX, startTestNode, type TestNode } from '../testing/test-node.ts';

const NODES = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false } as const;
const MI = 1024 ** 2;
/** The node's own disk: small, so that a pod can fill it. */
const disk = `/tmp/wlnd-disk-${process.pid}`;
let node: TestNode;
beforeAll(async () => {
  await mkdir(disk);
  await mountTmpfs(disk, 96 * MI);
  node = await startTestNode(22, {
    stateDir: `${disk}/d`,
    capacity: { memoryBytes: 512 * MI },
    kubelet: {
      evictionHard: { 'memory.available': '300Mi', 'nodefs.available': '30%' },
      evictionMinimumReclaim: { 'nodefs.available': '5%' },
      evictionPressureTransitionPeriod: '3s',
      evictionMonitoringPeriod: '500ms',
      imageGCHighThresholdPercent: 1,
      imageGCLowThresholdPercent: 0,
      imageMinimumGCAge: '0s',
    },
  });
}, 60_000);
afterAll(async () => {
  await node?.stop();
  await unmountBelow(disk);
  for (const each of [disk, `${disk}.tar`]) await rm(each, { recursive: true, force: true });
}, 60_000);

const container = (script: string, more: object = {}) => ({
  name: 'c',
  image: BUSYBOX,
  command: ['sh', '-c', `${script}; while :; do sleep 1; done`],
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
  ...more,
});
const volumes = (emptyDir: object = {}) => [{ name: 'v', emptyDir }];
const requests = { requests: { memory: '64Mi' } };
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((each) => each.type === type);
const evicted = (name: string) => node.until(name, ({ status }) => status?.phase === 'Failed', 40);

async function untilNode(check: (status: (type: string) => string | undefined) => boolean): Promise<void> {
  for (let tries = 0; ; tries++) {
    const found = await node.api.admin.resource<Node>(NODES).get({ name: node.config.nodeName });
    const statusOf = (type: string) => found.status?.conditions?.find((each) => each.type === type)?.status;
    if (check(statusOf)) return;
    if (tries > 200) throw new Error(`node is not as expected: ${JSON.stringify(found.status?.conditions)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('memory: what exceeds its request goes, the node says so and takes nothing of best effort; neighbours go on', async () => {
  await node.create('calm', { volumes: volumes(), containers: [container('true', { resources: requests })] });
  const calm = await node.running('calm');
  await node.create('hog', {
    volumes: volumes({ medium: 'Memory' }),
    containers: [container('sleep 1; head -c 240000000 /dev/zero > /v/x')],
  });
  const pod = await evicted('hog');
  expect(pod.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
  expect(pod.status!.message).toMatch(
    /^The node was low on resource: memory\. Threshold quantity: 300Mi, available: \d+Ki\. Container c was using \d+Ki, request is 0, has larger consumption of memory\. $/,
  );
  expect(condition(pod, 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'TerminationByKubelet',
    message: pod.status!.message,
  });
  expect((await node.events('hog')).find(({ reason }) => reason === 'Evicted')).toMatchObject({
    type: 'Warning',
    message: pod.status!.message,
  });
  expect((await node.events(node.config.nodeName)).map(({ message }) => message)).toContain('Attempting to reclaim memory');
  await untilNode((status) => status('MemoryPressure') === 'False');
  expect((await node.get('calm')).status!.containerStatuses).toEqual(calm.status!.containerStatuses);
  await node.delete('hog');
}, 60_000);

test('disk: the pod that fills it goes, and the node takes no pods for a while', async () => {
  await node.create('filler', {
    volumes: volumes(),
    containers: [container('head -c 60000000 /dev/zero > /v/x; head -c 60000000 /dev/zero > /v/y')],
  });
  await untilNode((status) => status('DiskPressure') === 'True');
  await node.create('late', { volumes: volumes(), containers: [container('true', { resources: requests })] });
  const late = await evicted('late');
  expect(late.status).toMatchObject({ reason: 'Evicted', message: 'Pod was rejected: The node had condition: [DiskPressure]. ' });
  const pod = await evicted('filler');
  expect(pod.status!.message).toMatch(/^The node was low on resource: ephemeral-storage\. Threshold quantity: \d+/);
  await untilNode((status) => status('DiskPressure') === 'False');
  expect((await node.get('calm')).status?.phase).toBe('Running');
  await node.delete('filler');
  await node.delete('late');
}, 60_000);

test('limits of local storage: volume, container and its log', async () => {
  await node.create('volume', {
    volumes: volumes({ sizeLimit: '5Mi' }),
    containers: [container('head -c 8000000 /dev/zero > /v/x')],
  });
  await node.create('layer', {
    volumes: volumes(),
    containers: [container('head -c 8000000 /dev/zero > /x', { resources: { limits: { 'ephemeral-storage': '5Mi' } } })],
  });
  await node.create('log', {
    volumes: volumes(),
    containers: [
      container('yes 0123456789012345678901234567890123456789 | head -c 8000000', {
        resources: { limits: { 'ephemeral-storage': '5Mi' } },
      }),
    ],
  });
  expect((await evicted('volume')).status).toMatchObject({
    reason: 'Evicted',
    message: 'Usage of EmptyDir volume "v" exceeds the limit "5Mi". ',
  });
  const message = 'Pod ephemeral local storage usage exceeds the total limit of containers 5Mi. ';
  expect((await evicted('log')).status).toMatchObject({ reason: 'Evicted', message });
  expect((await evicted('layer')).status).toMatchObject({ reason: 'Evicted', message });
  for (const name of ['volume', 'layer', 'log']) await node.delete(name);
}, 90_000);

test('images that nothing uses are removed, those of pods and the built-in ones are not', async () => {
  const file = `${disk}.tar`;
  for (const name of ['used', 'unused']) {
    const { tar } = await writeImage({
      reference: `test.invalid/${name}:1`,
      config: { Entrypoint: ['/bin/none'], Labels: { name } },
      layers: [[{ type: 'file', path: 'x', content: Buffer.from(name) }]],
    });
    await writeFile(file, tar);
    await importImage(node.config.containerdSocket, file);
  }
  await node.create('user', { volumes: volumes(), containers: [container('true', { image: 'test.invalid/used:1' })] });
  await node.until('user', ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason === 'RunContainerError');
  await node.restart();
  const images = async () => {
    const { status } = await node.api.admin.resource<Node>(NODES).get({ name: node.config.nodeName });
    return (status?.images ?? []).flatMap(({ names }) => names ?? []);
  };
  for (
    let tries = 0;
    (await images()).includes('test.invalid/unused:1') || !(await images()).includes('test.invalid/used:1');
    tries++
  ) {
    if (tries > 200) throw new Error(`unexpected images: ${await images()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await images()).toEqual(expect.arrayContaining(['test.invalid/used:1', BUSYBOX]));
  const events = await node.events(node.config.nodeName);
  expect(events.find(({ reason }) => reason === 'FreeDiskSpaceFailed')?.message).toMatch(
    /^Failed to garbage collect required amount of images\. Attempted to free \d+ bytes, but only found \d+ bytes eligible to free\.$/,
  );
}, 60_000);
