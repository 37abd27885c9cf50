import type { ClusterRole } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['clusterrole-aggregation'] });
}, 60_000);
afterAll(() => cluster?.stop());

const roles = () => cluster.of<ClusterRole & { metadata: object }>('clusterRoles' as never);
const rule = (resource: string) => ({ apiGroups: ['example.com'], resources: [resource], verbs: ['get'] });

test('the roles that every cluster has get their rules: view in edit, edit in admin', async () => {
  const resources = async (name: string) => ((await roles().get({ name })).rules ?? []).flatMap((each) => each.resources ?? []);
  await eventually(async () => expect(await resources('view')).toContain('configmaps'));
  await eventually(async () => expect(await resources('edit')).toContain('pods/exec'));
  await eventually(async () => expect(await resources('admin')).toContain('rolebindings'));
  expect(await resources('view')).not.toContain('secrets');
  const { metadata } = await roles().get({ name: 'admin' });
  expect((metadata as { managedFields: object[] }).managedFields).toContainEqual(
    expect.objectContaining({ manager: 'clusterrole-aggregation-controller', operation: 'Apply' }),
  );
});

test('rules follow the roles that are selected', async () => {
  const selector = { matchLabels: { 'example.com/part': 'true' } };
  await roles().create({
    metadata: { name: 'parts' },
    aggregationRule: { clusterRoleSelectors: [selector] },
    rules: [],
  } as never);
  const rules = (...wanted: string[]) =>
    eventually(async () => expect((await roles().get({ name: 'parts' })).rules ?? []).toEqual(wanted.map(rule)));
  const part = (name: string) => ({ metadata: { name, labels: selector.matchLabels }, rules: [rule(name)] }) as never;
  await roles().create(part('wheels'));
  await rules('wheels');
  await roles().create(part('axles'));
  await rules('axles', 'wheels');
  await roles().patch({ name: 'parts' }, { rules: [rule('stray')] });
  await rules('axles', 'wheels');
  await roles().delete({ name: 'wheels' });
  await rules('axles');
});
