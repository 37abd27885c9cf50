import type { Pod, ResourceQuota } from '@windlass/resources';
import { attempt } from '../testing/attributes.ts';
import { charge, missingRequests } from './charge.ts';
import { matchesScopes } from './scopes.ts';
import { growth, usageOf } from './usage.ts';

const pod = (requests: Record<string, string> = {}, spec: object = {}): Pod => ({
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', resources: { requests } }], ...spec },
});
const quota = (hard: Record<string, string>, used: Record<string, string>): ResourceQuota => ({
  metadata: { name: 'q' },
  spec: { hard },
  status: { hard, used },
});
const used = (object: object, resource = 'pods', group = '') => usageOf(attempt(object, { resource, group }), object as never);
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

test('a charge counts up, to the limit and no further', () => {
  const one = quota({ pods: '2', cpu: '2' }, { pods: '1', cpu: '500m' });
  expect(charge(one, used(pod({ cpu: '1' })))).toBeUndefined();
  expect(one.status!.used).toEqual({ pods: '2', cpu: '1500m' });
  expect(charge(one, used(pod({ cpu: '1' })))).toBe(
    'exceeded quota: q, requested: cpu=1,pods=1, used: cpu=1500m,pods=2, limited: cpu=2,pods=2',
  );
  expect(charge(quota({ pods: '1' }, {}), used(pod()))).toBe('status unknown for quota: q, resources: pods');
});

test('what is limited must be said', () => {
  expect(missingRequests(quota({ 'limits.cpu': '1', memory: '1' }, {}), pod())).toBe(
    'must specify limits.cpu for: c; memory for: c',
  );
  expect(missingRequests(quota({ memory: '1' }, {}), pod({ memory: '1' }))).toBeUndefined();
});

test.each<[string[], Pod, boolean]>([
  [['BestEffort'], pod(), true],
  [['BestEffort'], pod({ cpu: '1' }), false],
  [['NotBestEffort', 'NotTerminating'], pod({ cpu: '1' }), true],
  [['Terminating'], pod({}, { activeDeadlineSeconds: 5 }), true],
  [['PriorityClass'], pod({}, { priorityClassName: 'high' }), true],
])('%# scopes', (scopes, one, wanted) => {
  expect(matchesScopes({ metadata: {}, spec: { scopes: scopes as never } }, one)).toBe(wanted);
});

test.each([
  ['In', true],
  ['NotIn', false],
])('priority scope %s', (operator, wanted) => {
  const matchExpressions = [{ scopeName: 'PriorityClass', operator, values: ['high'] }] as never;
  const one = { metadata: {}, spec: { scopeSelector: { matchExpressions } } };
  expect(matchesScopes(one, pod({}, { priorityClassName: 'high' }))).toBe(wanted);
});
