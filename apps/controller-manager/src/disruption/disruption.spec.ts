import { expect, test } from '@jest/globals';
import type { Pod, PodDisruptionBudget } from '@windlass/resources';
import { budgetStatus, disruptedOf, staleTargetInMs, wantedOf } from './counts.ts';

const now = new Date('2026-01-02T03:04:05Z');
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
const budget = (spec: PodDisruptionBudget['spec'], disruptedPods?: Record<string, string>): PodDisruptionBudget =>
  ({ metadata: { name: 'b', generation: 2 }, spec, status: { disruptedPods } }) as PodDisruptionBudget;
const pod = (name: string, more: { ready?: boolean; deleted?: boolean } = {}): Pod =>
  ({
    metadata: { name, ...(more.deleted ? { deletionTimestamp: before(1) } : {}) },
    spec: {},
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }] },
  }) as unknown as Pod;

test.each<[PodDisruptionBudget['spec'], number, number, number, number]>([
  // spec, pods, scale → expected, desired
  [{ minAvailable: 2 }, 5, 0, 5, 2],
  [{ minAvailable: '50%' }, 5, 7, 7, 4],
  [{ maxUnavailable: 1 }, 5, 7, 7, 6],
  [{ maxUnavailable: '30%' }, 5, 10, 10, 7],
  [{ maxUnavailable: 20 }, 5, 7, 7, 0],
  [{}, 5, 0, 0, 0],
])('%j of %d pods, scale %d: %d expected, %d healthy', (spec, pods, scale, expectedPods, desiredHealthy) =>
  expect(wantedOf(budget(spec), pods, scale)).toEqual({ expectedPods, desiredHealthy }),
);

test('evictions under way: forgotten when the pod is on its way out, overdue after two minutes', () => {
  const pods = [pod('new'), pod('old'), pod('going', { deleted: true }), pod('other')];
  const left = disruptedOf(
    budget({}, { new: before(30), old: before(121), going: before(1), gone: before(1) }),
    pods,
    now.getTime(),
  );
  expect(left).toEqual({ pods: { new: before(30) }, overdue: [pods[1]], recheckInMs: 90_000 });
});

test('what counts as healthy', () => {
  const pods = [pod('a'), pod('b'), pod('disrupted'), pod('unready', { ready: false }), pod('going', { deleted: true })];
  const status = budgetStatus(budget({}), pods, { expectedPods: 5, desiredHealthy: 1 }, { disrupted: before(1) }, now);
  expect(status).toMatchObject({
    currentHealthy: 2,
    disruptionsAllowed: 1,
    observedGeneration: 2,
    conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', observedGeneration: 2 }],
  });
});

test('a budget without pods allows nothing', () =>
  expect(budgetStatus(budget({}), [], { expectedPods: 0, desiredHealthy: 0 }, {}, now)).toMatchObject({
    disruptionsAllowed: 0,
    conditions: [{ status: 'False', reason: 'InsufficientPods' }],
  }));

test.each<[string, Partial<Pod['status']>, number | undefined]>([
  ['a fresh target', { conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: before(30) }] }, 90_000],
  ['a stale one', { conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: before(150) }] }, -30_000],
  ['one taken back', { conditions: [{ type: 'DisruptionTarget', status: 'False', lastTransitionTime: before(150) }] }, undefined],
  ['a failed pod', { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True' }] }, undefined],
  ['none', {}, undefined],
])('%s', (_, status, ms) => expect(staleTargetInMs({ metadata: {}, spec: {}, status } as Pod, now.getTime())).toBe(ms));
