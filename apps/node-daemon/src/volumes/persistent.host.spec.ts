import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ResourceRef } from '@windlass/client';
import { run } from '@windlass/host';
import type { AnyObject } from '@windlass/meta';
import { BUSYBOX, startTestNode, type TestNode } from '../testing/test-node.ts';

const CLAIMS: ResourceRef = {
  group: '',
  version: 'v1',
  resource: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
  namespaced: true,
};
const VOLUMES: ResourceRef = {
  group: '',
  version: 'v1',
  resource: 'persistentvolumes',
  kind: 'PersistentVolume',
  namespaced: false,
};

let node: TestNode;
let scratch: string;
beforeAll(async () => {
  node = await startTestNode(6);
  scratch = path.join(node.config.stateDir, 'scratch');
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const claims = () => node.api.admin.resource(CLAIMS);
const volumes = () => node.api.admin.resource(VOLUMES);

async function claim(name: string, volumeMode = 'Filesystem'): Promise<void> {
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: '',
    volumeName: name,
    volumeMode,
  };
  await claims().create({ metadata: { name, namespace: 'default' }, spec } as AnyObject);
}
/** Binds a claim to a volume, both of one name, as the binder would. */
async function bind(name: string, spec: object): Promise<void> {
  const { uid } = (await claims().get({ name, namespace: 'default' })).metadata;
  const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'default', name, uid };
  await volumes().create({
    metadata: { name },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], claimRef, ...spec },
  } as AnyObject);
  await claims().patch({ name, namespace: 'default' }, { status: { phase: 'Bound' } }, { subresource: 'status' });
}
const ours = (name: string) => ({
  csi: { driver: 'local.windlass.dev', volumeHandle: name, volumeAttributes: { node: node.config.nodeName } },
});
const affinity = (name: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] }] },
  },
});
const directory = (name: string) => path.join(node.config.stateDir, 'local-volumes', name);

const pod = (claimName: string, script: string, { source = {}, mount = {}, more = {} }: Record<string, object> = {}) => ({
  ...more,
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName, ...source } }],
  containers: [
    {
      name: 'c',
      image: BUSYBOX,
      command: ['sh', '-c', `${script}; while :; do sleep 0.1; done`],
      volumeMounts: [{ name: 'data', mountPath: '/data', ...mount }],
    },
  ],
});
/** Reads again until the answer is as wanted. */
async function eventually(read: () => Promise<string>, wanted: string, seconds = 20): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const text = await read().catch(String);
    if (text.includes(wanted)) return;
    if (Date.now() > deadline) expect(text).toContain(wanted);
  }
}
const refused = (name: string, text: string) =>
  eventually(
    async () => (await node.events(name)).map(({ reason, message }) => `${reason} ${message}`).join('\n'),
    `FailedMount ${text}`,
  );

test('a local volume: made for its first pod, kept for the next, removed on demand', async () => {
  await claim('kept');
  await bind('kept', { ...ours('kept'), ...affinity(node.config.nodeName) });
  await node.create('writer', pod('kept', 'echo one >> /data/file', { more: { securityContext: { fsGroup: 3000 } } }));
  await node.running('writer');
  await eventually(() => node.exec('writer', 'cat /data/file'), 'one');
  expect(await node.exec('writer', 'stat -c %g /data')).toBe('3000\n');
  await node.delete('writer');
  expect(await readFile(path.join(directory('kept'), 'file'), 'utf8')).toBe('one\n');
  await node.restart();
  await node.create(
    'reader',
    pod('kept', 'echo two >> /data/file || echo refused > /tmp/refused', { source: { readOnly: true } }),
  );
  await node.running('reader');
  await eventually(() => node.exec('reader', 'cat /tmp/refused'), 'refused');
  expect(await node.exec('reader', 'cat /data/file')).toBe('one\n');
  await node.delete('reader');

  const remove = (handle: string) =>
    node.api.admin.request({ method: 'DELETE', path: `/api/v1/nodes/${node.config.nodeName}/proxy/localVolumes/${handle}` });
  await remove('kept');
  await expect(stat(directory('kept'))).rejects.toThrow();
  await remove('kept');
  await expect(remove('Not_A_Handle')).rejects.toMatchObject({ status: { code: 400 } });
  await expect(
    node.api.admin.request({ method: 'GET', path: `/api/v1/nodes/${node.config.nodeName}/proxy/localVolumes/x` }),
  ).rejects.toMatchObject({
    status: { code: 405 },
  });
  expect((await stat(node.config.stateDir)).isDirectory()).toBe(true);
});

test('a pod waits for its claim, and says so', async () => {
  await node.create('early', pod('late', 'true'));
  const why =
    'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: error processing PVC default/late: ';
  await refused('early', `${why}failed to fetch PVC from API server: persistentvolumeclaims "late" not found`);
  await claim('late');
  await refused('early', `${why}PVC is not bound`);
  await bind('late', ours('late'));
  await node.running('early', 40);
});

test('hostPath and local volumes, with a subPath; what cannot be mounted says why', async () => {
  await mkdir(path.join(scratch, 'sub'), { recursive: true });
  await writeFile(path.join(scratch, 'sub', 'f'), 'here');
  await claim('host');
  await bind('host', { hostPath: { path: scratch } });
  await node.create('host', pod('host', 'true', { mount: { subPath: 'sub' } }));
  await node.running('host');
  expect(await node.exec('host', 'cat /data/f')).toBe('here');

  await claim('by-path');
  await bind('by-path', { local: { path: scratch }, ...affinity(node.config.nodeName) });
  await node.create('by-path', pod('by-path', 'true'));
  await node.running('by-path');
  expect(await node.exec('by-path', 'cat /data/sub/f')).toBe('here');

  const rows: [string, object, string][] = [
    [
      'missing',
      { local: { path: '/nowhere/at/all' }, ...affinity(node.config.nodeName) },
      'MountVolume.SetUp failed for volume "missing" : path "/nowhere/at/all" does not exist',
    ],
    [
      'elsewhere',
      { ...ours('elsewhere'), ...affinity('other') },
      'MountVolume.NodeAffinity check failed for volume "elsewhere" : no matching NodeSelectorTerms',
    ],
    [
      'foreign',
      { csi: { driver: 'example.com', volumeHandle: 'x' } },
      'MountVolume.SetUp failed for volume "foreign" : driver name example.com not found in the list of registered CSI drivers',
    ],
    [
      'block',
      { ...ours('block'), volumeMode: 'Block' },
      'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: volume data has volumeMode Block, but is specified in volumeMounts',
    ],
  ];
  for (const [name, spec, text] of rows) {
    await claim(name);
    await bind(name, spec);
    await node.create(name, pod(name, 'true'));
    await refused(name, text);
  }
});

test('a volume of volumeMode Block is a device in the container, read-only where the pod says so', async () => {
  const image = path.join(scratch, 'disk.img');
  await mkdir(scratch, { recursive: true });
  await writeFile(image, Buffer.alloc(1 << 20));
  const { stdout } = await run('losetup', ['-f', '--show', image]);
  const device = stdout.trim();
  try {
    await claim('disk', 'Block');
    await bind('disk', { local: { path: device }, volumeMode: 'Block', ...affinity(node.config.nodeName) });
    const block = (source: object = {}) => {
      const { containers, volumes: sources } = pod('disk', 'true', { source });
      const [{ volumeMounts: _, ...container }] = containers as [(typeof containers)[0]];
      return { volumes: sources, containers: [{ ...container, volumeDevices: [{ name: 'data', devicePath: '/dev/data' }] }] };
    };
    await node.create('raw', block());
    await node.running('raw');
    expect(
      await node.exec('raw', 'test -b /dev/data && echo written | dd of=/dev/data conv=sync,fsync 2>/dev/null && echo done'),
    ).toBe('done\n');
    await node.delete('raw');
    expect((await readFile(device)).subarray(0, 7).toString()).toBe('written');
    await node.create('raw-ro', block({ readOnly: true }));
    await node.running('raw-ro');
    expect(await node.exec('raw-ro', 'head -c 7 /dev/data; (echo x | dd of=/dev/data 2>/dev/null) || echo refused')).toBe(
      'writtenrefused\n',
    );
    await node.delete('raw-ro');
    await claim('no-disk', 'Block');
    await bind('no-disk', { ...ours('no-disk'), volumeMode: 'Block' });
    const { containers, ...rest } = block();
    await node.create('no-disk', {
      ...rest,
      containers,
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'no-disk' } }],
    });
    await refused(
      'no-disk',
      'MountVolume.SetUp failed for volume "no-disk" : volumeMode Block is not supported for this type of volume by this node',
    );
  } finally {
    await run('losetup', ['-d', device], { okCodes: 'any' });
  }
});
