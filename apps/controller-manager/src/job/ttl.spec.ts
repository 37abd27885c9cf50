import type { Job } from '@windlass/resources';
import { expiresAt } from './ttl.ts';

const DONE = { type: 'Complete', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };
const job = (ttlSecondsAfterFinished: number | undefined, conditions: object[], metadata: object = {}): Job =>
  ({ metadata, spec: { ttlSecondsAfterFinished }, status: { conditions } }) as never;

test.each<[string, Job, number | undefined]>([
  ['finished', job(60, [DONE]), Date.parse('2026-01-01T00:01:00Z')],
  ['failed, at once', job(0, [{ ...DONE, type: 'Failed' }]), Date.parse('2026-01-01T00:00:00Z')],
  ['not finished', job(60, [{ ...DONE, status: 'False' }]), undefined],
  ['for ever', job(undefined, [DONE]), undefined],
  ['deleted already', job(60, [DONE], { deletionTimestamp: '2026-01-01T00:00:01Z' }), undefined],
])('expiry: %s', (_, given, wanted) => expect(expiresAt(given)).toBe(wanted));
