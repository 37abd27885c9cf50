import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  Watch,
} from '@kubernetes/client-node';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, makeNamespace } from './lib/kubectl.ts';

const config = new KubeConfig();
config.loadFromFile(fixture().kubeconfig);
const core = config.makeApiClient(CoreV1Api);
let namespace: string;
beforeAll(async () => {
  namespace = await makeNamespace('client');
});
afterAll(() => dropNamespace(namespace));

test('create, read, list, replace, patch, delete', async () => {
  const body = { metadata: { name: 'a', labels: { x: '1' } }, data: { k: 'v' } };
  const made = await core.createNamespacedConfigMap({ namespace, body });
  expect(made.metadata).toMatchObject({ name: 'a', namespace, uid: expect.any(String), creationTimestamp: expect.any(Date) });
  const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: 'x=1' });
  expect(items.map((item) => item.metadata!.name)).toEqual(['a']);
  const replaced = await core.replaceNamespacedConfigMap({ namespace, name: 'a', body: { ...made, data: { k: 'w' } } });
  expect(replaced.data).toEqual({ k: 'w' });
  await expect(
    core.replaceNamespacedConfigMap({ namespace, name: 'a', body: { ...made, data: { k: 'z' } } }),
  ).rejects.toMatchObject({ code: 409 });
  const patched = await core.patchNamespacedConfigMap(
    { namespace, name: 'a', body: { data: { l: 'm' } } },
    setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
  );
  expect(patched.data).toEqual({ k: 'w', l: 'm' });
  await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
  await expect(core.readNamespacedConfigMap({ namespace, name: 'a' })).rejects.toMatchObject({ code: 404 });
});

test('watch and informer see every change', async () => {
  const seen: string[] = [];
  const watch = await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    { fieldSelector: 'metadata.name=w' },
    (type, object) => seen.push(`${type} ${(object as V1ConfigMap).data?.n}`),
    () => {},
  );
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () =>
    core.listNamespacedConfigMap({ namespace }),
  );
  const heard: string[] = [];
  for (const verb of ['add', 'update', 'delete'] as const)
    informer.on(verb, (object) => {
      if (object.metadata!.name === 'w') heard.push(`${verb} ${object.data?.n}`);
    });
  await informer.start();
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'w' }, data: { n: '1' } } });
  await core.replaceNamespacedConfigMap({ namespace, name: 'w', body: { metadata: { name: 'w' }, data: { n: '2' } } });
  await core.deleteNamespacedConfigMap({ namespace, name: 'w' });
  await eventually(() => seen.length >= 3 && heard.length >= 3, 10);
  expect(seen).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 2']);
  expect(heard).toEqual(['add 1', 'update 2', 'delete 2']);
  watch.abort();
  await informer.stop();
});

test('scale of a deployment', async () => {
  const apps = config.makeApiClient(AppsV1Api);
  const { spec } = await apps.readNamespacedDeploymentScale({ namespace: 'default', name: 'hello' });
  expect(spec!.replicas).toBe(3);
});
