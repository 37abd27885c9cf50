import type { Pod } from '../types.gen.ts';
import { growth, isPodCounted, matchesScopes, trackedResource, usageOf } from './index.ts';

const PODS = { group: '', resource: 'pods' };
const EPOCH = new Date(0);
const pod = (requests: Record<string, string> = {}, spec: object = {}): Pod => ({
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', resources: { requests } }], ...spec },
});
const used = (object: object, resource = 'pods', group = '') => usageOf({ resource, group }, object as never, EPOCH);
const text = (amounts: ReturnType<typeof used>) =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, String(amount)]));

test.each<[object, string, string, object]>([
  [pod({ cpu: '1' }), 'pods', '', { 'count/pods': '1', pods: '1', 'requests.cpu': '1', cpu: '1' }],
  [{ ...pod({ cpu: '1' }), status: { phase: 'Succeeded' } }, 'pods', '', { 'count/pods': '1' }],
  [{ metadata: {} }, 'deployments', 'apps', { 'count/deployments.apps': '1' }],
  [
    { metadata: {}, spec: { type: 'NodePort', ports: [{}, {}] } },
    'services',
    '',
    { 'count/services': '1', services: '1', 'services.nodeports': '2' },
  ],
  [
    { metadata: {}, spec: { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } } },
    'persistentvolumeclaims',
    '',
    {
      'count/persistentvolumeclaims': '1',
      persistentvolumeclaims: '1',
      'requests.storage': '1Gi',
      'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
      'fast.storageclass.storage.k8s.io/requests.storage': '1Gi',
    },
  ],
])('%# usage', (object, resource, group, wanted) => expect(text(used(object, resource, group))).toEqual(wanted));

test('only growth is charged', () => {
  expect(text(growth(used(pod({ cpu: '3', memory: '1' })), used(pod({ cpu: '1', memory: '2' }))))).toEqual({
    'requests.cpu': '2',
    cpu: '2',
  });
});

test.each<[string, string | undefined]>([
  ['limits.cpu', 'pods'],
  ['requests.hugepages-2Mi', 'pods'],
  ['requests.example.com/gpu', 'pods'],
  ['services.nodeports', 'services'],
  ['requests.storage', 'persistentvolumeclaims'],
  ['fast.storageclass.storage.k8s.io/requests.storage', 'persistentvolumeclaims'],
  ['secrets', 'secrets'],
  ['count/deployments.apps', 'deployments.apps'],
  ['count/configmaps', 'configmaps'],
  ['example.com/gpu', undefined],
  ['storage', undefined],
])('%s is measured by %s', (name, wanted) => {
  const { resource, group } = trackedResource(name) ?? {};
  expect(group ? `${resource}.${group}` : resource).toBe(wanted);
});

test('a pod counts until it ended, or should be gone for as long as its grace', () => {
  const ending = { ...pod(), metadata: { deletionTimestamp: '1970-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 } };
  expect([60_000, 60_001].map((time) => isPodCounted(ending, new Date(time)))).toEqual([true, false]);
  expect(isPodCounted({ ...pod(), status: { phase: 'Failed' } }, EPOCH)).toBe(false);
});

test.each<[string[], Pod, boolean]>([
  [['BestEffort'], pod(), true],
  [['BestEffort'], pod({ cpu: '1' }), false],
  [['NotBestEffort', 'NotTerminating'], pod({ cpu: '1' }), true],
  [['Terminating'], pod({}, { activeDeadlineSeconds: 5 }), true],
  [['PriorityClass'], pod({}, { priorityClassName: 'high' }), true],
])('%# scopes', (scopes, one, wanted) => {
  expect(matchesScopes({ metadata: {}, spec: { scopes: scopes as never } }, PODS, one as never)).toBe(wanted);
});

test.each([
  ['In', true],
  ['NotIn', false],
])('priority scope %s', (operator, wanted) => {
  const matchExpressions = [{ scopeName: 'PriorityClass', operator, values: ['high'] }] as never;
  const one = { metadata: {}, spec: { scopeSelector: { matchExpressions } } };
  expect(matchesScopes(one, PODS, pod({}, { priorityClassName: 'high' }) as never)).toBe(wanted);
});

test('a claim is in the scope of its attributes class, and other kinds are in none', () => {
  const matchExpressions = [{ scopeName: 'VolumeAttributesClass', operator: 'In', values: ['gold'] }] as never;
  const one = { metadata: {}, spec: { scopeSelector: { matchExpressions } } };
  const claim = (volumeAttributesClassName: string) => ({ metadata: {}, spec: { volumeAttributesClassName } }) as never;
  const claims = { group: '', resource: 'persistentvolumeclaims' };
  expect(['gold', 'tin'].map((name) => matchesScopes(one, claims, claim(name)))).toEqual([true, false]);
  expect(matchesScopes(one, { group: '', resource: 'secrets' }, claim('gold'))).toBe(false);
});
