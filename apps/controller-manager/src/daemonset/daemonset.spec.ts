import type { DaemonSetSpec, Node, Pod, Taint } from '@windlass/resources';
import { placementOf } from './placement.ts';
import { planPresence, planUpdate, type Situation, updateLimits } from './plan.ts';
import { daemonPod, daemonTolerations, type OwnedDaemonSet, targetNode } from './pod.ts';
import { daemonSetStatus } from './status.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const set = (spec: Partial<DaemonSetSpec> = {}, podSpec: object = {}): OwnedDaemonSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'ds', namespace: 'ns', uid: 'ds' },
    spec: {
      selector: { matchLabels: { app: 'ds' } },
      template: { metadata: { labels: { app: 'ds' } }, spec: { containers: [{ name: 'c' }], ...podSpec } },
      ...spec,
    },
  }) as OwnedDaemonSet;
const node = (name: string, labels: Record<string, string> = {}, taints: Taint[] = []): Node =>
  ({ metadata: { name, labels }, spec: { taints } }) as Node;

/** `a` old and available on node a, `a+` updated, `a!` not ready, `a-` leaving, `ax` failed, `a?` without a node yet. */
function pod(text: string, at: number): Pod {
  const on = text[0] as string;
  const made = daemonPod(set(), on, text.includes('+') ? 'new' : 'old');
  const ready = /[!x?]/.test(text) ? 'False' : 'True';
  return {
    ...made,
    metadata: {
      ...made.metadata,
      name: text,
      uid: text,
      creationTimestamp: new Date(NOW - 10_000 + at).toISOString(),
      ...(text.includes('-') ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { ...made.spec, nodeName: text.includes('?') ? undefined : on },
    status: {
      phase: text.includes('x') ? 'Failed' : 'Running',
      conditions: [{ type: 'Ready', status: ready, lastTransitionTime: '2025-01-01T00:00:00Z' }],
    },
  } as Pod;
}
const situation = (spec: Partial<DaemonSetSpec>, nodes: string, pods: string[]): Situation => ({
  set: set(spec),
  nodes: [...nodes].map((name) => node(name)),
  pods: pods.map(pod),
  hash: 'new',
  now: NOW,
});
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);
const surge = (maxSurge: number | string) => ({
  updateStrategy: { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge, maxUnavailable: 0 } },
});
const unavailable = (maxUnavailable: number | string) => ({
  updateStrategy: { type: 'RollingUpdate' as const, rollingUpdate: { maxUnavailable } },
});

describe('placement', () => {
  const taint = (effect: Taint['effect'], key = 'k'): Taint => ({ key, effect });
  it.each<[string, OwnedDaemonSet, Node, boolean, boolean]>([
    ['any node', set(), node('a'), true, true],
    ['the selector', set({}, { nodeSelector: { role: 'x' } }), node('a'), false, false],
    ['the selector met', set({}, { nodeSelector: { role: 'x' } }), node('a', { role: 'x' }), true, true],
    ['a name', set({}, { nodeName: 'b' }), node('a'), false, false],
    ['NoSchedule', set(), node('a', {}, [taint('NoSchedule')]), false, true],
    ['NoExecute', set(), node('a', {}, [taint('NoExecute')]), false, false],
    ['PreferNoSchedule', set(), node('a', {}, [taint('PreferNoSchedule')]), true, true],
    ['tolerated', set({}, { tolerations: [{ operator: 'Exists' }] }), node('a', {}, [taint('NoExecute')]), true, true],
    ['a node in trouble', set(), node('a', {}, [taint('NoExecute', 'node.kubernetes.io/unreachable')]), true, true],
    ['a cordoned node', set(), node('a', {}, [taint('NoSchedule', 'node.kubernetes.io/unschedulable')]), true, true],
    ['no network', set(), node('a', {}, [taint('NoSchedule', 'node.kubernetes.io/network-unavailable')]), false, true],
    [
      'no network needed',
      set({}, { hostNetwork: true }),
      node('a', {}, [taint('NoSchedule', 'node.kubernetes.io/network-unavailable')]),
      true,
      true,
    ],
  ])('%s', (_, of, at, run, stay) => {
    expect(placementOf(of, at)).toEqual({ run, stay });
  });
});

test('a daemon pod is bound to its node and tolerates troubles', () => {
  const made = daemonPod(set(), 'a', 'hash');
  expect(targetNode(made)).toBe('a');
  expect(made.metadata).toMatchObject({ generateName: 'ds-', labels: { app: 'ds', 'controller-revision-hash': 'hash' } });
  expect(daemonTolerations(set())).toHaveLength(6);
});

describe('presence', () => {
  it.each<[string, Partial<DaemonSetSpec>, string, string[], string[], string[], string[]]>([
    ['a pod on every node', {}, 'abc', ['a+'], ['b', 'c'], [], []],
    ['waits for one that leaves', {}, 'a', ['a-'], [], [], []],
    ['one only, the oldest', {}, 'a', ['a', 'a+'], [], ['a+'], []],
    ['replaces what ended', {}, 'a', ['ax'], [], [], ['ax']],
    ['unbound pods of gone nodes', {}, 'a', ['a', 'b?', 'c'], [], ['b?'], []],
    ['surges beside a ready old one', surge(1), 'a', ['a', 'a+!'], [], [], []],
    ['the old one goes when the new one is available', surge(1), 'a', ['a', 'a+'], [], ['a'], []],
    ['or when it is not ready itself', surge(1), 'a', ['a!', 'a+!'], [], ['a!'], []],
  ])('%s', (_, spec, nodes, pods, create, remove, ended) => {
    const plan = planPresence(situation(spec, nodes, pods));
    expect(plan.create).toEqual(create);
    expect(names(plan.remove)).toEqual(remove);
    expect(plan.ended.map(({ pod: { metadata } }) => metadata.name)).toEqual(ended);
  });
});

describe('rolling update', () => {
  it.each<[string, Partial<DaemonSetSpec>, string, string[], string[], string[]]>([
    ['one at a time', {}, 'abc', ['a', 'b', 'c'], [], ['a']],
    ['waits for the replacement', {}, 'abc', ['a+!', 'b', 'c'], [], []],
    ['then the next', {}, 'abc', ['a+', 'b', 'c'], [], ['b']],
    ['several', unavailable(2), 'abc', ['a', 'b', 'c'], [], ['a', 'b']],
    ['a percentage rounds up', unavailable('34%'), 'abc', ['a', 'b', 'c'], [], ['a', 'b']],
    ['broken old ones are free', {}, 'abc', ['a', 'b!', 'c'], [], ['b!']],
    ['surge makes new ones first', surge(1), 'abc', ['a', 'b', 'c'], ['a'], []],
    ['and then takes the old ones', surge(1), 'abc', ['a', 'a+', 'b', 'c'], ['b'], ['a']],
    ['within the surge', surge(1), 'abc', ['a', 'a+!', 'b', 'c'], [], []],
    ['a broken old one may be doubled at once', surge(1), 'abc', ['a', 'a+!', 'b!', 'c'], ['b'], []],
  ])('%s', (_, spec, nodes, pods, create, remove) => {
    const plan = planUpdate(situation(spec, nodes, pods));
    expect(plan.create).toEqual(create);
    expect(names(plan.remove)).toEqual(remove);
  });
  it('is never stuck', () => {
    expect(updateLimits(set(unavailable(0)), 3)).toEqual({ surge: 0, unavailable: 1 });
  });
});

test('status counts nodes', () => {
  const status = daemonSetStatus(situation({}, 'abcd', ['a+', 'b', 'c!', 'x']), undefined);
  expect(status).toMatchObject({
    desiredNumberScheduled: 4,
    currentNumberScheduled: 3,
    numberMisscheduled: 0,
    numberReady: 2,
    numberAvailable: 2,
    numberUnavailable: 2,
    updatedNumberScheduled: 1,
  });
});
