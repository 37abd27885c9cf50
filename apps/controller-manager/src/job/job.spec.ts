import type { Job, JobSpec, Pod } from '@windlass/resources';
import { backoffMs, nextBackoff } from './backoff.ts';
import { countPods, settle } from './count.ts';
import { jobFacts } from './facts.ts';
import { matchFailurePolicy } from './failure-policy.ts';
import { formatIndexes, INDEX, parseIndexes } from './indexes.ts';
import { planJob } from './plan.ts';
import { TRACKING } from './spec.ts';
import { matchSuccessPolicy } from './success-policy.ts';
import { verdict } from './verdict.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const TIME = '2026-01-01T00:10:00Z';

interface PodIs {
  phase?: string;
  index?: number;
  exitCode?: number;
  leaving?: boolean;
  failures?: number;
  endedAgo?: number;
  uid?: string;
}
let serial = 0;
function pod({ phase = 'Running', index, exitCode, leaving, failures, endedAgo = 0, uid = `u${++serial}` }: PodIs = {}): Pod {
  const annotations: Record<string, string> = {};
  if (index !== undefined) annotations[INDEX] = String(index);
  if (failures !== undefined) annotations['batch.kubernetes.io/job-index-failure-count'] = String(failures);
  const finishedAt = new Date(NOW - endedAgo * 1000).toISOString();
  const state = phase === 'Running' ? { running: {} } : { terminated: { exitCode: exitCode ?? 0, finishedAt } };
  const containerStatuses = [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state }];
  return {
    metadata: {
      name: `p-${uid}`,
      namespace: 'ns',
      uid,
      annotations,
      finalizers: [TRACKING],
      ...(leaving ? { deletionTimestamp: TIME } : {}),
    },
    spec: { containers: [{ name: 'c' }] },
    status: { phase, containerStatuses },
  } as Pod;
}
const job = (spec: Partial<JobSpec> = {}, status: Job['status'] = {}): Job =>
  ({
    metadata: { name: 'j', namespace: 'ns', uid: 'j' },
    spec: { parallelism: 1, backoffLimit: 6, template: { metadata: {} }, ...spec },
    status,
  }) as Job;
const facts = (of: Job, pods: Pod[]) => jobFacts(of, pods, new Set());
const plan = (of: Job, pods: Pod[], record?: { failures: number; lastFailure: number }) =>
  planJob(of, facts(of, pods), record, NOW);

describe('indexes', () => {
  it.each([
    ['', []],
    ['0', [0]],
    ['0,1', [0, 1]],
    ['0-2,4,6,7', [0, 1, 2, 4, 6, 7]],
  ])('writes and reads %j', (text, list) => {
    expect(formatIndexes([...list].reverse())).toBe(text);
    expect([...parseIndexes(text, 100)]).toEqual(list);
  });
  it('leaves out what lies beyond the completions', () => {
    expect([...parseIndexes('0-9,x', 3)]).toEqual([0, 1, 2]);
  });
});

describe('back-off', () => {
  it.each([
    [0, 0, 0],
    [1, 0, 10_000],
    [1, 4, 6_000],
    [3, 0, 40_000],
    [20, 0, 600_000],
  ])('after %d failures, the last %d s ago: %d ms', (failures, ago, ms) => {
    expect(backoffMs({ failures, lastFailure: NOW - ago * 1000 }, NOW)).toBe(ms);
  });
  it('counts failures since the last success', () => {
    const failed = [pod({ phase: 'Failed', exitCode: 1, endedAgo: 30 }), pod({ phase: 'Failed', exitCode: 1, endedAgo: 5 })];
    const succeeded = [pod({ phase: 'Succeeded', endedAgo: 10 })];
    expect(nextBackoff({ failures: 3, lastFailure: 0 }, succeeded, failed)).toEqual({ failures: 1, lastFailure: NOW - 5000 });
    expect(nextBackoff({ failures: 3, lastFailure: 0 }, [], failed)?.failures).toBe(5);
    expect(nextBackoff({ failures: 3, lastFailure: 0 }, succeeded, [])).toBeUndefined();
  });
});

describe('failure policy', () => {
  const exitRule = (action: 'Ignore' | 'Count' | 'FailJob' | 'FailIndex', operator: 'In' | 'NotIn', values: number[]) => ({
    rules: [{ action, onExitCodes: { operator, values } }],
  });
  it.each([
    [exitRule('Ignore', 'In', [1]), 1, { action: 'Ignore', counts: false }],
    [exitRule('Count', 'NotIn', [2]), 1, { action: 'Count', counts: true }],
    [exitRule('FailIndex', 'In', [1, 2]), 2, { action: 'FailIndex', counts: true }],
    [exitRule('Ignore', 'NotIn', [1]), 0, { counts: true }],
    [exitRule('Ignore', 'In', [3]), 1, { counts: true }],
  ])('%j on exit code %d', (policy, exitCode, match) => {
    expect(matchFailurePolicy(policy, pod({ phase: 'Failed', exitCode }))).toEqual(match);
  });
  it('reads pod conditions', () => {
    const disrupted = pod({ phase: 'Failed', exitCode: 137, uid: 'x' });
    disrupted.status!.conditions = [{ type: 'DisruptionTarget', status: 'True' }];
    const onPodConditions = [{ type: 'DisruptionTarget', status: 'True' }];
    expect(matchFailurePolicy({ rules: [{ action: 'FailJob', onPodConditions }] }, disrupted).message).toBe(
      'Pod ns/p-x has condition DisruptionTarget matching FailJob rule at index 0',
    );
  });
});

test.each([
  [[{ succeededCount: 2 }], 'Matched rules at index 0'],
  [[{ succeededIndexes: '1-2' }], undefined],
  [[{ succeededIndexes: '7' }, { succeededIndexes: '0,2' }], 'Matched rules at index 1'],
  [[{ succeededIndexes: '2-5', succeededCount: 1 }], 'Matched rules at index 0'],
  [[{ succeededCount: 3 }], undefined],
])('success policy %j with 0 and 2 done', (rules, message) => {
  expect(matchSuccessPolicy({ rules }, 10, new Set([0, 2]))).toBe(message);
});

describe('plan', () => {
  it.each<[string, Partial<JobSpec>, PodIs[], unknown]>([
    ['starts as many as may run', { parallelism: 2, completions: 5 }, [], { create: [undefined, undefined] }],
    ['never starts more than are missing', { parallelism: 5, completions: 2 }, [{ phase: 'Succeeded' }], { create: [undefined] }],
    ['without completions stops at the first success', { parallelism: 3 }, [{ phase: 'Succeeded' }, {}], { create: [] }],
    ['gives indexes in order', { parallelism: 2, completions: 4, completionMode: 'Indexed' }, [{ index: 1 }], { create: [0] }],
    ['replaces a leaving pod at once', { parallelism: 1, completions: 1 }, [{ leaving: true }], { create: [undefined] }],
    [
      'or once it has failed, if told so',
      { parallelism: 1, completions: 1, podReplacementPolicy: 'Failed' },
      [{ leaving: true }],
      { create: [] },
    ],
    [
      'waits per index',
      { parallelism: 2, completions: 2, completionMode: 'Indexed', backoffLimitPerIndex: 3 },
      [{ phase: 'Failed', exitCode: 1, index: 0, failures: 0 }, { index: 1 }],
      { waitMs: 10_000 },
    ],
  ])('%s', (_, spec, pods, wanted) => {
    expect(plan(job(spec), pods.map(pod))).toEqual(wanted);
  });
  it('removes all of a suspended job, the surplus, and duplicate indexes', () => {
    expect(plan(job({ suspend: true, parallelism: 2 }), [pod(), pod()])).toMatchObject({ remove: [{}, {}] });
    expect(plan(job({ parallelism: 1, completions: 3 }), [pod(), pod(), pod()])).toMatchObject({ remove: [{}, {}] });
    const spec = { parallelism: 3, completions: 3, completionMode: 'Indexed' as const };
    expect(plan(job(spec), [pod({ index: 1 }), pod({ index: 1 }), pod({ index: 9 })])).toMatchObject({ remove: [{}, {}] });
  });
  it('waits after a failure', () => {
    expect(plan(job({ parallelism: 1 }), [], { failures: 2, lastFailure: NOW - 5000 })).toEqual({ waitMs: 15_000 });
  });
});

describe('verdict', () => {
  const ends = (of: Job, pods: Pod[], start = TIME) => verdict(of, facts(of, pods), start, NOW, TIME)?.reason;
  const failed = (count: number) =>
    Array.from({ length: count }, (_, index) => pod({ phase: 'Failed', exitCode: 1, index, failures: 9 }));
  it.each<[string, Partial<JobSpec>, Pod[], string | undefined]>([
    ['within the limit', { backoffLimit: 2 }, failed(2), undefined],
    ['beyond the limit', { backoffLimit: 2 }, failed(3), 'BackoffLimitExceeded'],
    [
      'ignored failures do not count',
      { backoffLimit: 0, podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } }] } },
      failed(3),
      undefined,
    ],
    ['the deadline', { activeDeadlineSeconds: 60 }, [], 'DeadlineExceeded'],
    [
      'all indexes ended, some failed',
      { completions: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 },
      failed(2),
      'FailedIndexes',
    ],
    [
      'too many failed indexes',
      { completions: 5, completionMode: 'Indexed', backoffLimitPerIndex: 1, maxFailedIndexes: 1 },
      failed(2),
      'MaxFailedIndexesExceeded',
    ],
  ])('%s', (_, spec, pods, reason) => {
    expect(ends(job(spec), pods, '2026-01-01T00:00:00Z')).toBe(reason);
  });
});

describe('counting', () => {
  it('notes uids first and totals once the finalizer is gone', () => {
    const of = job({ completions: 3 }, { succeeded: 1 });
    const pods = [pod({ phase: 'Succeeded', uid: 'a' }), pod({ phase: 'Failed', exitCode: 1, uid: 'b' }), pod()];
    const step = countPods(of, facts(of, pods), undefined);
    expect(step.status).toMatchObject({ succeeded: 1, uncountedTerminatedPods: { succeeded: ['a'], failed: ['b'] } });
    expect(step.release.map(({ metadata }) => metadata.uid)).toEqual(['a', 'b']);
    expect(settle(step.status, new Set(['b']))).toMatchObject({ succeeded: 2, uncountedTerminatedPods: { failed: ['b'] } });
    const again = { ...of, status: step.status };
    expect(countPods(again, facts(again, pods), undefined).status).toEqual(step.status);
  });
  it('does not count an index twice', () => {
    const of = job({ completions: 3, completionMode: 'Indexed' }, { succeeded: 1, completedIndexes: '1' });
    const pods = [
      pod({ phase: 'Succeeded', index: 1 }),
      pod({ phase: 'Succeeded', index: 0 }),
      pod({ phase: 'Succeeded', index: 7 }),
    ];
    expect(countPods(of, facts(of, pods), undefined).status).toMatchObject({ succeeded: 2, completedIndexes: '0,1' });
  });
  it('keeps the last failed pod of an index until it is replaced', () => {
    const of = job({ completions: 2, completionMode: 'Indexed', backoffLimitPerIndex: 3 });
    const failed = pod({ phase: 'Failed', exitCode: 1, index: 0, failures: 1 });
    expect(countPods(of, facts(of, [failed]), undefined).release).toEqual([]);
    expect(countPods(of, facts(of, [failed, pod({ index: 0 })]), undefined).release).toEqual([failed]);
  });
});
