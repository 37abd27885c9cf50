import type { AnyObject } from '@windlass/meta';
import { useApiServer } from '@windlass/testkit';

const api = useApiServer();
const ref = (group: string, version: string, resource: string, kind: string, namespaced = true) => ({
  group,
  version,
  resource,
  kind,
  namespaced,
});
const rbac = (resource: string, kind: string) => ref('rbac.authorization.k8s.io', 'v1', resource, kind);

test('who may only update does not create, neither by PUT nor by apply', async () => {
  const namespace = 'default';
  const metadata = { name: 'updater', namespace };
  const rules = [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'update', 'patch'] }];
  await api.server.admin.resource(rbac('roles', 'Role')).create({ metadata, rules } as AnyObject);
  await api.server.admin.resource(rbac('rolebindings', 'RoleBinding')).create({
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'updater' },
    subjects: [{ kind: 'User', name: 'updater' }],
  } as AnyObject);
  const leases = ref('coordination.k8s.io', 'v1', 'leases', 'Lease');
  const lease = (name: string) => ({ metadata: { name, namespace } }) as AnyObject;
  await api.server.admin.resource(leases).create(lease('there'));
  const client = await api.server.clientOf('updater');
  const mine = client.resource(leases);
  const there = await mine.get({ name: 'there', namespace });
  await mine.update({ ...there, metadata: { ...there.metadata, labels: { a: 'b' } } });
  await mine.apply(lease('there'), { fieldManager: 'm' });
  const refused = {
    code: 403,
    reason: 'Forbidden',
    message: expect.stringMatching(/^leases\.coordination\.k8s\.io "new" is forbidden/),
  };
  await expect(mine.update(lease('new'))).rejects.toMatchObject(refused);
  await expect(mine.apply(lease('new'), { fieldManager: 'm' })).rejects.toMatchObject(refused);
  await expect(api.server.admin.resource(leases).get({ name: 'new', namespace })).rejects.toMatchObject({ code: 404 });
  expect((await api.server.admin.resource(leases).update(lease('new'))).metadata.uid).toBeDefined();
  client.close();
});
