import type { AnyObject } from '@windlass/meta';
import type { PersistentVolume, PersistentVolumeClaim } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({
    controllers: [
      'persistentvolume-binder',
      'persistentvolume-expander',
      'persistentvolumeclaim-protection',
      'persistentvolume-protection',
      'local-provisioner',
      'local-deleter',
      'local-storage-class',
    ],
    config: { localStorageClass: 'local' },
  });
  await cluster.node('worker', { 'kubernetes.io/hostname': 'worker' });
}, 60_000);
afterAll(() => cluster?.stop());

const volumes = () => cluster.of<PersistentVolume & AnyObject>('persistentVolumes');
const claims = () => cluster.of<PersistentVolumeClaim & AnyObject>('persistentVolumeClaims');
const SELECTED = 'volume.kubernetes.io/selected-node';

/** A claim for which the scheduler has chosen a node. */
const claim = (namespace: string, name: string, node: string, spec: object = {}) =>
  claims().create({
    metadata: { namespace, name, annotations: { [SELECTED]: node } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  } as AnyObject as PersistentVolumeClaim & AnyObject);
const bound = (namespace: string, name: string) =>
  eventually(async () => {
    const found = await claims().get({ namespace, name });
    expect(found.status?.phase).toBe('Bound');
    return found;
  });

test('the class is there and the default; a claim gets a volume on the selected node, grows, and waits for its node to lose it', async () => {
  const namespace = await cluster.namespace('local');
  const made = await eventually(() => cluster.of('storageClasses').get({ name: 'local' }));
  expect(made.metadata.annotations).toEqual({ 'storageclass.kubernetes.io/is-default-class': 'true' });
  await eventually(() => cluster.of('csiDrivers').get({ name: 'local.windlass.dev' }));
  await claim(namespace, 'data', 'worker');
  const { metadata, spec } = await bound(namespace, 'data');
  expect(spec).toMatchObject({ storageClassName: 'local', volumeName: `pvc-${metadata.uid}` });
  const name = spec.volumeName!;
  expect(await volumes().get({ name })).toMatchObject({
    status: { phase: 'Bound' },
    spec: { csi: { driver: 'local.windlass.dev', volumeHandle: name, volumeAttributes: { node: 'worker' } } },
  });
  const heard = await cluster.events(namespace, 'data');
  expect(heard).toContain(`ProvisioningSucceeded Successfully provisioned volume ${name}`);

  await claims().patch({ namespace, name: 'data' }, { spec: { resources: { requests: { storage: '3Gi' } } } });
  await eventually(async () =>
    expect((await claims().get({ namespace, name: 'data' })).status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      allocatedResources: { storage: '3Gi' },
      capacity: { storage: '3Gi' },
    }),
  );
  expect((await volumes().get({ name })).spec.capacity).toEqual({ storage: '3Gi' });
  await eventually(async () => expect((await cluster.events(namespace, 'data')).join()).toContain('VolumeResizeSuccessful'));

  // This node has no daemon: its data cannot be removed, so the volume stays and says why.
  await claims().delete({ namespace, name: 'data' });
  await eventually(async () => expect((await volumes().get({ name })).status?.phase).toBe('Released'));
  await eventually(async () => expect((await cluster.events('default', name)).join()).toContain('VolumeFailedDelete'));
  // Without the node there is no data.
  await cluster.of('nodes').delete({ name: 'worker' });
  await eventually(() => expect(volumes().get({ name })).rejects.toMatchObject({ status: { code: 404 } }), 20);
});

test('what cannot be made is refused, a node that is gone is chosen anew', async () => {
  const namespace = await cluster.namespace('refused');
  await claim(namespace, 'block', 'worker', { volumeMode: 'Block' });
  await eventually(async () =>
    expect(await cluster.events(namespace, 'block')).toContain(
      'ProvisioningFailed failed to provision volume with StorageClass "local": volumeMode Block is not supported: volumes are directories',
    ),
  );
  await claim(namespace, 'lost', 'nowhere');
  await eventually(async () =>
    expect((await claims().get({ namespace, name: 'lost' })).metadata.annotations?.[SELECTED]).toBeUndefined(),
  );
  expect((await cluster.events(namespace, 'lost')).join()).toContain('node "nowhere" not found');
});
