import type { AnyObject } from '@windlass/meta';
import { useApiServer } from '@windlass/testkit';

const api = useApiServer();
const resource = (kind: string, name: string, namespaced = true) =>
  api.server.admin.resource<AnyObject>({ group: '', version: 'v1', resource: name, namespaced, kind });
const namespaces = () => resource('Namespace', 'namespaces', false);
const configMaps = () => resource('ConfigMap', 'configmaps');
const pods = () => resource('Pod', 'pods');
const accounts = () => resource('ServiceAccount', 'serviceaccounts');
const pod = (name: string, namespace: string, spec: object = {}) =>
  ({ metadata: { name, namespace }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } }) as AnyObject;
describe('NamespaceLifecycle', () => {
  test('a namespace that is missing', async () => {
    await expect(configMaps().create({ metadata: { name: 'a', namespace: 'nowhere' } } as AnyObject)).rejects.toMatchObject({
      code: 404,
      message: expect.stringContaining('namespaces "nowhere" not found'),
    });
  });

  test('a namespace that ends: nothing new, but changes and deletions', async () => {
    await namespaces().create({ metadata: { name: 'ending', finalizers: ['example.com/held'] } } as AnyObject);
    const before = await configMaps().create({ metadata: { name: 'before', namespace: 'ending' } } as AnyObject);
    await namespaces().delete({ name: 'ending' });
    await namespaces().patch({ name: 'ending' }, { status: { phase: 'Terminating' } }, { subresource: 'status' });
    await expect(configMaps().create({ metadata: { name: 'late', namespace: 'ending' } } as AnyObject)).rejects.toMatchObject({
      code: 403,
      status: {
        message:
          'configmaps "late" is forbidden: unable to create new content in namespace ending because it is being terminated',
        details: {
          causes: [
            { reason: 'NamespaceTerminating', message: 'namespace ending is being terminated', field: 'metadata.namespace' },
          ],
        },
      },
    });
    await configMaps().update({ ...before, data: { a: 'b' } } as AnyObject);
    await configMaps().delete({ name: 'before', namespace: 'ending' });
  });

  test.each(['default', 'kube-system', 'kube-public'])('%s stays', async (name) => {
    await expect(namespaces().delete({ name })).rejects.toMatchObject({
      code: 403,
      status: { message: `namespaces "${name}" is forbidden: this namespace may not be deleted` },
    });
  });
});

describe('ServiceAccount', () => {
  beforeAll(async () => {
    await namespaces().create({ metadata: { name: 'accounts' } } as AnyObject);
    await accounts().create({
      metadata: { name: 'default', namespace: 'accounts' },
      imagePullSecrets: [{ name: 'pull' }],
    } as unknown as AnyObject);
    await accounts().create({
      metadata: { name: 'quiet', namespace: 'accounts' },
      automountServiceAccountToken: false,
    } as unknown as AnyObject);
  });

  test('the default account, its token and its pull secrets', async () => {
    const { spec } = await pods().create(pod('plain', 'accounts'));
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      imagePullSecrets: [{ name: 'pull' }],
      containers: [{ volumeMounts: [{ name: spec.volumes[0].name, readOnly: true }] }],
    });
    expect(spec.volumes[0].name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
  });

  test('an account that mounts no token', async () => {
    const { spec } = await pods().create(pod('quiet', 'accounts', { serviceAccountName: 'quiet' }));
    expect(spec.volumes).toBeUndefined();
  });

  test('an account that is missing', async () => {
    await expect(pods().create(pod('lost', 'accounts', { serviceAccountName: 'none' }))).rejects.toMatchObject({
      code: 403,
      status: {
        message: 'pods "lost" is forbidden: error looking up service account accounts/none: serviceaccount "none" not found',
      },
    });
  });

  test('a default account that comes a moment after its namespace is waited for', async () => {
    await namespaces().create({ metadata: { name: 'young' } } as AnyObject);
    const created = pods().create(pod('early', 'young'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await accounts().create({ metadata: { name: 'default', namespace: 'young' } } as AnyObject);
    expect((await created).spec.serviceAccountName).toBe('default');
  });
});
