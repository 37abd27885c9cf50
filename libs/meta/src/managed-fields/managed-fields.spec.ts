import { readFileSync } from 'node:fs';
import type { AnyObject } from '../object.ts';
import type { Schema } from '../schema.ts';
import { applyConfiguration } from './apply.ts';
import { emptyObject } from './empty-object.ts';
import { fieldSetOf } from './field-set.ts';
import { managedType } from './managed-type.ts';
import { type FieldManagerRequest, updateManagedFields } from './update.ts';

const facts = JSON.parse(readFileSync(new URL('../../../resources/data/schema-facts.json', import.meta.url), 'utf8')) as Record<
  string,
  Schema
>;
const source = (name: string) => facts[name];
const now = new Date('2024-01-01T00:00:00Z');
const time = '2024-01-01T00:00:00Z';

const request = (
  schema: string,
  apiVersion: string,
  manager: string,
  extra?: Partial<FieldManagerRequest>,
): FieldManagerRequest => ({
  manager,
  apiVersion,
  now,
  type: managedType(schema, source),
  empty: emptyObject(schema, source),
  ...extra,
});
const CONFIG_MAP = 'io.k8s.api.core.v1.ConfigMap';
const DEPLOYMENT = 'io.k8s.api.apps.v1.Deployment';
const apply = (live: AnyObject | undefined, body: object, manager: string, force = false) => {
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'k' }, ...body };
  const result = applyConfiguration(live, applied, { ...request(CONFIG_MAP, 'v1', manager), force });
  const object = result.object ?? (live as AnyObject);
  return { ...object, metadata: { ...object.metadata, managedFields: result.managedFields } } as AnyObject;
};
const sets = (object: AnyObject) =>
  object.metadata.managedFields?.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1]);

test('a created deployment', () => {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'n', uid: 'u', labels: { a: 'b' }, finalizers: ['example.com/f'] },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'a' } },
      template: {
        metadata: { labels: { app: 'a' } },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'i',
              resources: {},
              ports: [
                { containerPort: 443, protocol: 'TCP' },
                { containerPort: 80, protocol: 'TCP' },
              ],
            },
          ],
          nodeSelector: { x: 'y' },
          tolerations: [{ key: 'a' }],
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
    },
    status: { replicas: 3 },
  };
  expect(
    updateManagedFields(undefined, object, request(DEPLOYMENT, 'apps/v1', 'm', { resetFields: fieldSetOf('status') })),
  ).toEqual([
    {
      manager: 'm',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:finalizers': { '.': {}, 'v:"example.com/f"': {} }, 'f:labels': { '.': {}, 'f:a': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} },
          'f:template': {
            'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"c"}': {
                  '.': {},
                  'f:image': {},
                  'f:name': {},
                  'f:ports': {
                    '.': {},
                    'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} },
                    'k:{"containerPort":443,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} },
                  },
                  'f:resources': {},
                },
              },
              'f:nodeSelector': {},
              'f:tolerations': {},
            },
          },
        },
      },
    },
  ]);
});

test('appliers share a map, and what one gives up goes when nobody else has it', () => {
  const one = apply(undefined, { data: { a: '1', both: 'x' } }, 'm1');
  const two = apply(one, { data: { b: '2', both: 'x' } }, 'm2');
  expect(two.data).toEqual({ a: '1', b: '2', both: 'x' });
  expect(sets(two)).toEqual([
    ['m1', 'Apply', { 'f:data': { 'f:a': {}, 'f:both': {} } }],
    ['m2', 'Apply', { 'f:data': { 'f:b': {}, 'f:both': {} } }],
  ]);
  const three = apply(two, {}, 'm1');
  expect(three.data).toEqual({ b: '2', both: 'x' });
  expect(sets(three)).toEqual([['m2', 'Apply', { 'f:data': { 'f:b': {}, 'f:both': {} } }]]);
});

test('conflicts name the field and its owner; force takes it', () => {
  const one = apply(undefined, { data: { a: '1' } }, 'm1');
  expect(() => apply(one, { data: { a: '2' } }, 'm2')).toThrow('Apply failed with 1 conflict: conflict with "m1": .data.a');
  const forced = apply(one, { data: { a: '2' } }, 'm2', true);
  expect(forced.data).toEqual({ a: '2' });
  expect(sets(forced)).toEqual([['m2', 'Apply', { 'f:data': { 'f:a': {} } }]]);
});

test('an updater takes what it changes from an applier', () => {
  const one = apply(undefined, { data: { a: '1', b: '1' } }, 'm1');
  const changed = { ...one, metadata: { name: 'k' }, data: { a: '2', b: '1' } };
  const managedFields = updateManagedFields(one, changed, request(CONFIG_MAP, 'v1', 'u'));
  const two = { ...changed, metadata: { name: 'k', managedFields } };
  expect(sets(two)).toEqual([
    ['m1', 'Apply', { 'f:data': { 'f:b': {} } }],
    ['u', 'Update', { 'f:data': { 'f:a': {} } }],
  ]);
  expect(() => apply(two, { data: { a: '3', b: '1' } }, 'm1')).toThrow('conflict with "u" using v1: .data.a');
});

test('objects without managers', () => {
  const live = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'k', uid: 'u' }, data: { a: '1' } };
  expect(updateManagedFields(live, { ...live, data: { a: '2' } }, request(CONFIG_MAP, 'v1', 'u'))).toBeUndefined();
  expect(() => apply(live, { data: { a: '2' } }, 'm')).toThrow(
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
  );
  const owned = apply(undefined, { data: { a: '1' } }, 'm1');
  const reset = { ...owned, metadata: { name: 'k', managedFields: [{}] } };
  expect(updateManagedFields(owned, reset, request(CONFIG_MAP, 'v1', 'u'))).toBeUndefined();
});

test('kubectl moves from client-side to server-side apply without conflicts', () => {
  const last = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'k' }, data: { a: '1' } };
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(last) };
  const created = { ...last, metadata: { name: 'k', annotations } };
  const managedFields = updateManagedFields(undefined, created, request(CONFIG_MAP, 'v1', 'kubectl-client-side-apply'));
  const live = { ...created, metadata: { ...created.metadata, managedFields } };
  expect(apply(live, { data: { a: '2' } }, 'kubectl').data).toEqual({ a: '2' });
  expect(() => apply(live, { data: { a: '2' } }, 'other')).toThrow('conflict with "kubectl-client-side-apply" using v1: .data.a');
});

test.each([
  [{ bogus: 1 }, '.bogus: field not declared in schema'],
  [{ data: { a: 5 } }, '.data.a: expected string, got &value.valueUnstructured{Value:5}'],
])('%j does not fit', (body, message) => {
  expect(() => apply(undefined, body, 'm')).toThrow(`failed to create typed patch object (/k; /v1, Kind=ConfigMap): ${message}`);
});

test('list order: applied order, live items between', () => {
  const type = managedType(DEPLOYMENT, source);
  const object = (...names: string[]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { template: { spec: { containers: names.map((name) => ({ name })) } } },
  });
  const result = applyConfiguration(object('a', 'b', 'c'), object('c', 'new', 'a'), {
    ...request(DEPLOYMENT, 'apps/v1', 'm', { type }),
    force: true,
  });
  expect(result.object?.spec.template.spec.containers.map((container: { name: string }) => container.name)).toEqual([
    'b',
    'c',
    'new',
    'a',
  ]);
});

test('items of a list that are named alike are owned together, as a whole', () => {
  const container = { name: 'c', env: [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container] } } as AnyObject;
  const [entry] = updateManagedFields(undefined, pod, request('io.k8s.api.core.v1.Pod', 'v1', 'm')) ?? [];
  const fields = entry!.fieldsV1 as { 'f:spec': { 'f:containers': Record<string, unknown> } };
  expect(fields['f:spec']['f:containers']['k:{"name":"c"}']).toMatchObject({
    'f:env': { '.': {}, 'k:{"name":"A"}': {}, 'k:{"name":"B"}': { '.': {}, 'f:name': {} } },
  });
  expect(JSON.stringify(fields)).not.toMatch('f:value');
});
