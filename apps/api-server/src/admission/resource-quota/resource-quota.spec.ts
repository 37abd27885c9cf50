import { type Pod, type ResourceQuota, usageOf } from '@windlass/resources';
import { charge, missingRequests } from './charge.ts';

const pod = (requests: Record<string, string> = {}, spec: object = {}): Pod => ({
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', resources: { requests } }], ...spec },
});
const quota = (hard: Record<string, string>, used: Record<string, string>): ResourceQuota => ({
  metadata: { name: 'q' },
  spec: { hard },
  status: { hard, used },
});
const used = (object: object, resource = 'pods', group = '') => usageOf({ resource, group }, object as never, new Date(0));

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
