import type { AnyObject } from '@windlass/meta';
import type { Pod, ResourceQuota } from '@windlass/resources';
import { gaveBack, idOf, nextUncounted, recount, sameStatus, trackedKinds } from './recount.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const PODS = { group: '', resource: 'pods' };
const quota = (spec: object, used?: Record<string, string>): ResourceQuota =>
  ({ metadata: {}, spec, status: used && { hard: (spec as { hard: object }).hard, used } }) as ResourceQuota;
const pod = (cpu: string, more: object = {}): AnyObject =>
  ({ metadata: {}, spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }] }, ...more }) as never;

test('limits are grouped by the kind that measures them; what nothing measures is not counted', () => {
  const hard = { cpu: '1', pods: '2', 'count/jobs.batch': '1', 'services.nodeports': '0', 'example.com/gpu': '1' };
  expect(trackedKinds(quota({ hard })).map(({ kind, names }) => [idOf(kind), names])).toEqual([
    ['pods', ['cpu', 'pods']],
    ['jobs.batch', ['count/jobs.batch']],
    ['services', ['services.nodeports']],
  ]);
});

test('a count: ended pods take nothing, unknown kinds keep what was counted, limits that went are dropped', () => {
  const hard = { cpu: '4', pods: '9', 'count/pods': '9', 'count/jobs.batch': '3', secrets: '5' };
  const objects = new Map([
    ['pods', [pod('500m'), pod('1'), pod('7', { status: { phase: 'Failed' } })]],
    ['secrets', []],
  ]);
  const status = recount(quota({ hard }, { 'count/jobs.batch': '2', configmaps: '3' }), (kind) => objects.get(idOf(kind)), NOW);
  expect(status).toEqual({
    hard,
    used: { cpu: '1500m', pods: '2', 'count/pods': '3', 'count/jobs.batch': '2', secrets: '0' },
  });
});

test('only objects in every scope are counted', () => {
  const hard = { pods: '5' };
  const ends = pod('1');
  ends.spec.activeDeadlineSeconds = 9;
  const status = recount(quota({ hard, scopes: ['NotTerminating', 'NotBestEffort'] }), () => [pod('1'), ends, pod('0')], NOW);
  expect(status.used).toEqual({ pods: '1' });
});

test.each<[string, ResourceQuota['status'], boolean]>([
  ['amounts by value', { hard: { cpu: '1' }, used: { cpu: '0.5' } }, true],
  ['limits as written', { hard: { cpu: '1000m' }, used: { cpu: '500m' } }, false],
  ['never counted', { hard: { cpu: '1' } }, false],
  ['another amount', { hard: { cpu: '1' }, used: { cpu: '501m' } }, false],
])('the same status: %s', (_, before, wanted) => {
  expect(sameStatus(before, { hard: { cpu: '1' }, used: { cpu: '500m' } })).toBe(wanted);
});

test('an update gives back when it takes less or changes scopes', () => {
  const late = pod('1');
  late.spec.activeDeadlineSeconds = 9;
  const nexts = [pod('1'), pod('2'), pod('500m'), pod('1', { status: { phase: 'Succeeded' } }), late];
  expect(nexts.map((next) => gaveBack(PODS, pod('1'), next, NOW))).toEqual([false, false, true, true, true]);
});

test('the time at which a pod that nobody removes stops to count', () => {
  const ending = (deletionTimestamp: string): Pod =>
    ({ metadata: { deletionTimestamp, deletionGracePeriodSeconds: 30 }, spec: { containers: [] } }) as never;
  const pods = [ending('2025-12-31T23:59:50Z'), ending('2025-12-31T23:59:40Z'), ending('2025-12-31T00:00:00Z')];
  expect(nextUncounted(pods, NOW)).toBe(10_001);
  expect(nextUncounted([], NOW)).toBeUndefined();
});
