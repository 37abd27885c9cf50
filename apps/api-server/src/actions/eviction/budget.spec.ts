import { expect, test } from '@jest/globals';
import type { StatusError } from '@windlass/meta';
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '@windlass/resources';
import { lets, needsNoBudget, takeDisruption } from './budget.ts';

const now = new Date('2026-01-02T03:04:05.678Z');
const budget = (status: Partial<PodDisruptionBudgetStatus>, spec: PodDisruptionBudget['spec'] = {}): PodDisruptionBudget => ({
  metadata: { name: 'b', generation: 3 },
  spec,
  status: { observedGeneration: 3, ...status } as PodDisruptionBudgetStatus,
});
const pod = (phase: string, ready = 'True'): Pod =>
  ({ metadata: {}, spec: {}, status: { phase, conditions: [{ type: 'Ready', status: ready }] } }) as unknown as Pod;

test('the last disruption is taken: counted, noted, and told in the condition', () => {
  const b = budget({ disruptionsAllowed: 1 });
  takeDisruption(b, 'p', now);
  expect(b.status).toMatchObject({
    disruptionsAllowed: 0,
    disruptedPods: { p: '2026-01-02T03:04:05Z' },
    conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', observedGeneration: 3 }],
  });
});

const failed = (reason: string) => [
  { type: 'DisruptionAllowed', status: 'False' as const, reason, message: 'why', lastTransitionTime: '' },
];

test.each<[string, Partial<PodDisruptionBudgetStatus>, number, string]>([
  [
    'not yet seen by the controller',
    { observedGeneration: 2 },
    429,
    'The disruption budget b is still being processed by the server.',
  ],
  [
    'too few healthy pods',
    { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 },
    429,
    'The disruption budget b needs 2 healthy pods and has 1 currently',
  ],
  [
    'counts that could not be made',
    { disruptionsAllowed: 0, conditions: failed('SyncFailed') },
    429,
    'The disruption budget b does not allow evicting pods currently because it failed sync: why',
  ],
  [
    'more healthy pods than needed',
    { disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 2, conditions: failed('Other') },
    429,
    'The disruption budget b does not allow evicting pods currently (Other): why',
  ],
  [
    'a negative count',
    { disruptionsAllowed: -1 },
    403,
    'The disruption budget b does not allow evicting pods currently: pdb disruptions allowed is negative',
  ],
  [
    'too many evictions under way',
    { disruptionsAllowed: 1, disruptedPods: Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`p${i}`, ''])) },
    403,
    'The disruption budget b does not allow evicting pods currently: too many pending evictions not confirmed by PDB controller',
  ],
])('refused: %s', (_, status, code, message) => {
  const before = budget(status);
  const b = structuredClone(before);
  let error: StatusError | undefined;
  try {
    takeDisruption(b, 'p', now);
  } catch (e) {
    error = e as StatusError;
  }
  expect(error?.status.code).toBe(code);
  expect(error?.status.details?.causes).toEqual([{ reason: 'DisruptionBudget', message }]);
  expect(b).toEqual(before);
});

test.each([
  ['Running', false],
  ['Unknown', false],
  ['Pending', true],
  ['Succeeded', true],
  ['Failed', true],
])('a %s pod needs no budget: %s', (phase, free) => expect(needsNoBudget(pod(phase))).toBe(free));

test.each<[string, Partial<PodDisruptionBudgetStatus>, PodDisruptionBudget['spec'], Pod, boolean]>([
  ['ready', { currentHealthy: 5, desiredHealthy: 1 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, pod('Running'), false],
  ['unready, always allowed', {}, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, pod('Running', 'False'), true],
  ['unready, enough healthy', { currentHealthy: 1, desiredHealthy: 1 }, {}, pod('Running', 'False'), true],
  ['unready, too few healthy', { currentHealthy: 0, desiredHealthy: 1 }, {}, pod('Running', 'False'), false],
  ['unready, nothing desired', { currentHealthy: 0, desiredHealthy: 0 }, {}, pod('Running', 'False'), false],
])('goes without a disruption: %s', (_, status, spec, p, free) => expect(lets(budget(status, spec), p)).toBe(free));
