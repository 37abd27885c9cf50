import { BUSYBOX, KEEPS_RUNNING, startTestNode, type TestNode } from '../testing/test-node.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode(17);
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const keep = (more: object = {}) => ({
  name: 'c',
  image: BUSYBOX,
  command: KEEPS_RUNNING,
  ...more,
});
const image = (reference: string, pullPolicy = 'IfNotPresent') => [{ name: 'i', image: { reference, pullPolicy } }] as never;

test('an image is a read-only volume: whole, a part of it, in several containers, also after the daemon started again', async () => {
  const mounts = [
    { name: 'i', mountPath: '/image' },
    { name: 'i', mountPath: '/programs', subPath: 'bin' },
  ];
  await node.create('both', {
    volumes: image(BUSYBOX),
    containers: [keep({ volumeMounts: mounts }), keep({ name: 'other', volumeMounts: [mounts[0]] })],
  });
  await node.running('both');
  expect(await node.exec('both', 'ls /image/bin/busybox /programs/busybox')).toBe('/image/bin/busybox\n/programs/busybox\n');
  expect(await node.exec('both', 'touch /image/x 2>&1; touch /programs/x 2>&1', 'c').catch(String)).toMatch(
    /Read-only file system/,
  );
  expect(await node.exec('both', 'ls /image/bin/busybox', 'other')).toBe('/image/bin/busybox\n');
  await node.restart();
  expect(await node.exec('both', '/programs/busybox echo works')).toBe('works\n');
  await node.delete('both');
}, 60_000);

test('an image that is not there: the texts of a container image', async () => {
  await node.create('never', {
    volumes: image('windlass.dev/none:1', 'Never'),
    containers: [keep({ volumeMounts: [{ name: 'i', mountPath: '/i' }] })],
  });
  const { status } = await node.until(
    'never',
    (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImageNeverPull',
  );
  expect(status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
    'Container image "windlass.dev/none:1" is not present with pull policy of Never',
  );
  await node.create('absent', {
    volumes: image('127.0.0.1:9/none:1'),
    containers: [keep({ volumeMounts: [{ name: 'i', mountPath: '/i' }] })],
  });
  await node.until('absent', (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImagePull');
  await node.until('absent', (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ImagePullBackOff');
}, 60_000);
