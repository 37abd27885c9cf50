import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior, Pod } from '@windlass/resources';
import { combine } from './combine.ts';
import { decideWithoutMetrics } from './decide.ts';
import { type History, newHistory } from './history.ts';
import { MetricError, type MetricResult } from './metrics.ts';
import { normalize } from './normalize.ts';
import { byAverage, byShare, byUtilization, byValue, type Situation } from './replicas.ts';
import type { Samples } from './samples.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const TOLERANCES = { up: 0.1, down: 0.1 };

interface PodIs {
  ready?: boolean;
  phase?: string;
  leaving?: boolean;
  startedAgo?: number;
  changedAgo?: number;
  request?: string;
}
const pod = (name: string, is: PodIs = {}): Pod =>
  ({
    metadata: { name, ...(is.leaving ? { deletionTimestamp: ago(0) } : {}) },
    spec: { containers: [{ name: 'c', resources: { requests: is.request === '' ? {} : { cpu: is.request ?? '1' } } }] },
    status: {
      phase: is.phase ?? 'Running',
      startTime: ago(is.startedAgo ?? 3600),
      conditions: [
        { type: 'Ready', status: is.ready === false ? 'False' : 'True', lastTransitionTime: ago(is.changedAgo ?? 3500) },
      ],
    },
  }) as Pod;
const samplesOf = (...values: (number | undefined)[]): Samples =>
  new Map(values.flatMap((value, i) => (value === undefined ? [] : [[`p${i}`, { value, at: NOW, windowMs: 15_000 }]])));
const situation = (pods: PodIs[], current = pods.length): Situation => ({
  pods: pods.map((is, i) => pod(`p${i}`, is)),
  current,
  running: current,
  tolerances: TOLERANCES,
  now: NOW,
});

describe('utilization', () => {
  it.each<[string, PodIs[], number, (number | undefined)[], number]>([
    ['scales up', [{}, {}, {}], 30, [300, 500, 700], 5],
    ['stays within the tolerance', [{}, {}, {}], 100, [1010, 1030, 1020], 3],
    ['scales down', [{}, {}, {}, {}, {}], 50, [100, 300, 500, 250, 250], 3],
    ['leaves out pods that start', [{}, {}, { ready: false, startedAgo: 20, changedAgo: 20 }], 30, [500, 700, 5000], 4],
    ['counts pending pods as unused', [{}, {}, { phase: 'Pending' }], 30, [400, 500, undefined], 3],
    ['counts missing samples as unused going up', [{}, {}, {}], 30, [500, 700, undefined], 4],
    ['and as fully used going down', [{}, {}, {}, {}], 100, [100, 100, 100, undefined], 2],
    ['does not turn around for missing samples', [{}, {}], 50, [600, undefined], 2],
    ['ignores pods that leave or failed', [{}, { leaving: true }, { phase: 'Failed' }], 50, [1000, 9000, 9000], 2],
    ['distrusts a sample from before the pod was ready', [{}, { startedAgo: 60, changedAgo: 5 }], 50, [500, 4000], 2],
  ])('%s', (_, pods, target, values, replicas) => {
    expect(byUtilization(situation(pods), target, samplesOf(...values), 'cpu').replicas).toBe(replicas);
  });
  it('tells the utilization and the average', () => {
    expect(byUtilization(situation([{}, { request: '500m' }]), 50, samplesOf(600, 300), 'cpu')).toMatchObject({
      utilization: 60,
      average: 450,
    });
  });
  it.each<[string, PodIs[], (number | undefined)[], string]>([
    ['no pods', [], [], 'no pods returned by selector while calculating replica count'],
    ['no samples', [{}], [undefined], 'did not receive metrics for targeted pods (pods might be unready)'],
    ['no request', [{ request: '' }], [10], 'missing request for cpu in container c of Pod p0'],
  ])('fails with %s', (_, pods, values, message) => {
    expect(() => byUtilization(situation(pods), 50, samplesOf(...values), 'cpu')).toThrow(message);
  });
  it('fails for an unknown container', () => {
    expect(() => byUtilization(situation([{}]), 50, samplesOf(1), 'cpu', 'x')).toThrow('container x not found in Pod p0');
  });
});

describe('values', () => {
  it.each([
    [[20_000, 10_000, 30_000], 15_000, 4, 20_000],
    [[12_000, 12_000, 12_000], 12_000, 3, 12_000],
    [[1_000, 1_000, 1_000], 12_000, 1, 1_000],
  ])('average of %j against %d', (values, target, replicas, average) => {
    expect(byAverage(situation([{}, {}, {}]), target, samplesOf(...values), false)).toEqual({ replicas, average });
  });
  it.each([
    [3, 20_000, 10_000, 6],
    [3, 10_500, 10_000, 3],
    [3, 0, 10_000, 0],
    [0, 25_000, 10_000, 3],
    [0, 0, 10_000, 0],
  ])('from %d at %d of %d: %d', (current, value, target, replicas) => {
    expect(byValue(situation([{}, {}, {}], current), value, target)).toBe(replicas);
  });
  it.each([
    [3, 60_000, 10_000, { replicas: 6, share: 20_000 }],
    [0, 25_000, 10_000, { replicas: 3, share: 0 }],
    [4, 0, 10_000, { replicas: 0, share: 0 }],
    [4, 41_000, 10_000, { replicas: 4, share: 10_250 }],
  ])('%d share %d of %d each', (running, value, target, result) => {
    expect(byShare(situation([], running), value, target)).toEqual(result);
  });
});

describe('combine', () => {
  const result = (replicas: number): MetricResult => ({ replicas, name: `m${replicas}`, status: { type: 'Resource' } });
  const failure = new MetricError('FailedGetResourceMetric', 'cpu resource metric value', new Error('boom'));
  it.each<[string, (MetricResult | MetricError)[], number | undefined]>([
    ['the highest wins', [result(2), result(5), result(3)], 5],
    ['up in spite of a failure', [result(5), failure], 5],
    ['never down with a failure', [result(2), failure], undefined],
    ['nothing on failures alone', [failure], undefined],
  ])('%s', (_, outcomes, replicas) => {
    expect(combine(outcomes, 3).replicas).toBe(replicas);
  });
  it('says what failed', () => {
    expect(combine([failure, failure], 3)).toMatchObject({
      condition: {
        status: 'False',
        reason: 'FailedGetResourceMetric',
        message: 'the HPA was unable to compute the replica count: boom',
      },
      error: 'invalid metrics (2 invalid out of 2), first error is: failed to get cpu resource metric value: boom',
    });
  });
});

const hpa = (behavior?: HorizontalPodAutoscalerBehavior, minReplicas = 1, maxReplicas = 100): HorizontalPodAutoscaler =>
  ({
    metadata: { name: 'h' },
    spec: { minReplicas, maxReplicas, behavior, scaleTargetRef: { kind: 'Deployment', name: 'd' } },
  }) as HorizontalPodAutoscaler;
const recommended = (...entries: [replicas: number, secondsAgo: number][]): History => ({
  recommendations: entries.map(([replicas, seconds]) => ({ replicas, at: NOW - seconds * 1000 })),
  ups: [],
  downs: [],
});

describe('normalize', () => {
  it.each<[string, HorizontalPodAutoscaler, History, number, number, number, string[]]>([
    ['within range', hpa(), recommended(), 3, 5, 5, ['ReadyForNewScale', 'DesiredWithinRange']],
    ['at most double, at least 4', hpa(), recommended(), 1, 50, 4, ['ReadyForNewScale', 'ScaleUpLimit']],
    ['not above the maximum', hpa(undefined, 1, 6), recommended(), 5, 50, 6, ['ReadyForNewScale', 'TooManyReplicas']],
    ['not below the minimum', hpa(undefined, 2), recommended(), 3, 1, 2, ['ReadyForNewScale', 'TooFewReplicas']],
    ['down after the window', hpa(), recommended([8, 100], [4, 10]), 8, 3, 8, ['ScaleDownStabilized', 'DesiredWithinRange']],
    ['and not before', hpa(), recommended([8, 301], [4, 10]), 8, 3, 4, ['ScaleDownStabilized', 'DesiredWithinRange']],
    [
      'own window down',
      hpa({ scaleDown: { stabilizationWindowSeconds: 60 } }),
      recommended([8, 100]),
      8,
      3,
      3,
      ['ReadyForNewScale', 'DesiredWithinRange'],
    ],
    [
      'own window up',
      hpa({ scaleUp: { stabilizationWindowSeconds: 60 } }),
      recommended([2, 30]),
      2,
      6,
      2,
      ['ScaleUpStabilized', 'DesiredWithinRange'],
    ],
    ['default policies up', hpa({}), recommended(), 3, 50, 7, ['ReadyForNewScale', 'ScaleUpLimit']],
    ['percent policy up', hpa({}), recommended(), 10, 50, 20, ['ReadyForNewScale', 'ScaleUpLimit']],
    [
      'smallest policy up',
      hpa({ scaleUp: { selectPolicy: 'Min' } }),
      recommended(),
      10,
      50,
      14,
      ['ReadyForNewScale', 'ScaleUpLimit'],
    ],
    [
      'disabled up',
      hpa({ scaleUp: { selectPolicy: 'Disabled' } }),
      recommended(),
      10,
      50,
      10,
      ['ReadyForNewScale', 'ScaleUpLimit'],
    ],
    [
      'pods policy down',
      hpa({ scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] } }),
      recommended(),
      10,
      1,
      8,
      ['ReadyForNewScale', 'ScaleDownLimit'],
    ],
    [
      'percent policy down, what went already counts',
      hpa({ scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }] } }),
      { ...recommended(), downs: [{ change: 3, at: NOW - 30_000 }] },
      7,
      1,
      5,
      ['ReadyForNewScale', 'ScaleDownLimit'],
    ],
  ])('%s', (_, of, history, current, wanted, replicas, reasons) => {
    const result = normalize(of, history, current, wanted, 300, NOW);
    expect(result.replicas).toBe(replicas);
    expect(result.conditions.map(({ reason }) => reason)).toEqual(reasons);
  });
});

test.each([
  [0, 1, 0, ['ScalingDisabled']],
  [12, 1, 10, []],
  [1, 3, 3, []],
])('without metrics: %d replicas, at least %d', (current, min, replicas, reasons) => {
  const decision = decideWithoutMetrics(hpa(undefined, min, 10), current);
  expect(decision?.replicas).toBe(replicas);
  expect(decision?.conditions.map(({ reason }) => reason)).toEqual(reasons);
});
test('scaled to zero on purpose it goes on looking at metrics', () => {
  expect(decideWithoutMetrics(hpa(undefined, 0, 10), 0)).toBeUndefined();
  expect(newHistory(2, NOW).recommendations).toEqual([{ replicas: 2, at: NOW }]);
});
