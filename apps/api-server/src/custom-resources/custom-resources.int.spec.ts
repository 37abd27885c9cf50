import type { AnyObject } from '@windlass/meta';
import { settled, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';

let one: TestApiServer;
let two: TestApiServer;

beforeAll(async () => {
  one = await startTestApiServer();
  two = await startTestApiServer({ databaseUrl: one.databaseUrl });
}, 60_000);
afterAll(async () => {
  await two?.stop();
  await one?.stop();
  await stopDatabases();
});

const GROUP = 'stable.example.com';
const crds = (server: TestApiServer) =>
  server.admin.resource<AnyObject>({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    resource: 'customresourcedefinitions',
    namespaced: false,
    kind: 'CustomResourceDefinition',
  });
const of = (server: TestApiServer, plural: string, version = 'v1') =>
  server.admin.resource<AnyObject>({ group: GROUP, version, resource: plural, namespaced: true, kind: 'Widget' });

interface Names {
  plural: string;
  kind?: string;
  shortNames?: string[];
}

function definition({ plural, kind = 'Widget', ...names }: Names, version: object = {}, more: object[] = []): AnyObject {
  const openAPIV3Schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { size: { type: 'integer', default: 3, maximum: 9 } } } },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural, kind, ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...version }, ...more],
    },
  } as AnyObject;
}

const condition = (crd: AnyObject, type: string) =>
  crd.status?.conditions?.find((c: { type: string }) => c.type === type) as { status: string; reason: string } | undefined;
const definitionSettled = (server: TestApiServer, plural: string) =>
  settled(
    () => crds(server).get({ name: `${plural}.${GROUP}` }),
    (crd) => condition(crd, 'NamesAccepted') !== undefined,
  );

test('what one server establishes, the other serves at once', async () => {
  await crds(one).create(definition({ plural: 'widgets' }));
  const crd = await definitionSettled(one, 'widgets');
  expect(condition(crd, 'Established')).toMatchObject({ status: 'True', reason: 'InitialNamesAccepted' });
  const widget = { apiVersion: `${GROUP}/v1`, kind: 'Widget', metadata: { name: 'a', namespace: 'default' }, spec: {} };
  const made = await of(two, 'widgets').create(widget as AnyObject);
  expect(made.spec).toEqual({ size: 3 });
  await expect(
    of(one, 'widgets').create({ ...widget, metadata: { name: 'b', namespace: 'default' }, spec: { size: 10 } } as AnyObject),
  ).rejects.toMatchObject({ code: 422, message: expect.stringContaining('spec.size in body should be less than or equal to 9') });
});

test('a deleted definition takes its objects along', async () => {
  await crds(one).create(definition({ plural: 'goners', kind: 'Goner' }));
  await definitionSettled(one, 'goners');
  const goner = {
    apiVersion: `${GROUP}/v1`,
    kind: 'Goner',
    metadata: { name: 'a', namespace: 'default', finalizers: ['x.y/z'] },
  };
  await of(one, 'goners').create(goner as AnyObject);
  await crds(one).delete({ name: `goners.${GROUP}` });
  const ending = await settled(
    () => crds(two).get({ name: `goners.${GROUP}` }),
    (crd) => condition(crd, 'Terminating') !== undefined,
  );
  expect(condition(ending, 'Terminating')).toMatchObject({ status: 'True', reason: 'InstanceDeletionInProgress' });
  await expect(
    of(two, 'goners').create({ ...goner, metadata: { name: 'late', namespace: 'default' } } as AnyObject),
  ).rejects.toMatchObject({ code: 405 });
  await of(two, 'goners').patch({ name: 'a', namespace: 'default' }, { metadata: { finalizers: null } }, { type: 'merge' });
  const gone = await settled(
    () => crds(one).list({}),
    ({ items }) => !items.some((crd) => crd.metadata.name === `goners.${GROUP}`),
  );
  expect(gone.items.map((crd) => crd.metadata.name)).toEqual([`widgets.${GROUP}`]);
  await expect(of(two, 'goners').list({ namespace: 'default' })).rejects.toMatchObject({ code: 404 });
});

test('a name that another definition has is not accepted', async () => {
  await crds(one).create(definition({ plural: 'firsts', kind: 'First', shortNames: ['fi'] }));
  await definitionSettled(one, 'firsts');
  await crds(one).create(definition({ plural: 'seconds', kind: 'First', shortNames: ['fi'] }));
  const crd = await definitionSettled(two, 'seconds');
  expect(condition(crd, 'NamesAccepted')).toMatchObject({ status: 'False', reason: 'ListKindConflict' });
  expect(condition(crd, 'Established')).toMatchObject({ status: 'False', reason: 'NotAccepted' });
});
