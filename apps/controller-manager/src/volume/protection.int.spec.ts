import type { AnyObject } from '@windlass/meta';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['persistentvolumeclaim-protection', 'persistentvolume-protection'] });
}, 60_000);
afterAll(() => cluster?.stop());

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

test('a claim that a pod uses stays until the pod is gone', async () => {
  const namespace = await cluster.namespace('claims');
  const claims = cluster.of('persistentVolumeClaims');
  await claims.create({ metadata: { name: 'data', namespace }, spec } as AnyObject);
  await eventually(async () =>
    expect((await claims.get({ namespace, name: 'data' })).metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']),
  );
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  const pod = { metadata: { name: 'p', namespace }, spec: { containers: [{ name: 'c', image: 'i' }], volumes } };
  await cluster.of('pods').create(pod as AnyObject);
  await eventually(async () => expect((await cluster.pods(namespace))[0]?.status?.phase).toBe('Running'));
  await claims.delete({ namespace, name: 'data' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await claims.get({ namespace, name: 'data' })).metadata.deletionTimestamp).toBeDefined();
  await cluster.of('pods').delete({ namespace, name: 'p' });
  await eventually(() => expect(claims.get({ namespace, name: 'data' })).rejects.toMatchObject({ status: { code: 404 } }));
});

test('a bound volume stays', async () => {
  const volumes = cluster.of('persistentVolumes');
  const volume = { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/tmp/x' } };
  await volumes.create({ metadata: { name: 'vol' }, spec: volume } as AnyObject);
  await volumes.patch({ name: 'vol' }, { status: { phase: 'Bound' } }, { subresource: 'status' });
  await volumes.delete({ name: 'vol' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await volumes.get({ name: 'vol' })).metadata.finalizers).toEqual(['kubernetes.io/pv-protection']);
  await volumes.patch({ name: 'vol' }, { status: { phase: 'Released' } }, { subresource: 'status' });
  await eventually(() => expect(volumes.get({ name: 'vol' })).rejects.toMatchObject({ status: { code: 404 } }));
});
