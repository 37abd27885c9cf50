import { cluster, node, pod } from '../testing/cluster.ts';
import { assume } from './node-state.ts';
import { placeOne } from './place.ts';
import type { NodeState, PodFacts } from './types.ts';

const HOST = 'kubernetes.io/hostname';
const term = (app: string, topologyKey = HOST) => ({ topologyKey, labelSelector: { matchLabels: { app } } });
const where = (p: PodFacts, nodes: NodeState[]) => placeOne(p, cluster(nodes)).node;
const app = (name: string, more: Partial<PodFacts> = {}) => pod({ labels: { app: name }, ...more });
const near = (...terms: { topologyKey: string; labelSelector: { matchLabels: Record<string, string> } }[]) => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
});
const prefers = (weight: number, name: string, kind: 'podAffinity' | 'podAntiAffinity', topologyKey = HOST) => ({
  [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: term(name, topologyKey) }] },
});

describe('required affinity', () => {
  it('counts pods that meet all terms only', () => {
    const nodes = [node('a', { labels: { zone: '1' } }), node('b', { labels: { zone: '1' } })];
    assume(nodes[0]!, app('x'));
    assume(nodes[1]!, app('y'));
    expect(where(pod({ affinity: near(term('x'), term('y', 'zone')) }), nodes)).toBeUndefined();
    assume(nodes[1]!, pod({ labels: { app: 'x', tier: 'y' } }));
    const both = { topologyKey: 'zone', labelSelector: { matchLabels: { tier: 'y' } } };
    expect(where(pod({ affinity: near(term('x'), both) }), nodes)).toBe('b');
  });

  it('lets the first of a group go only when it meets all its terms itself', () => {
    const nodes = [node('a')];
    expect(where(app('x', { affinity: near(term('x'), term('x')) }), nodes)).toBe('a');
    expect(where(app('x', { affinity: near(term('x'), term('y')) }), nodes)).toBeUndefined();
    expect(where(app('x', { affinity: near(term('x', 'zone')) }), nodes)).toBeUndefined();
  });
});

describe('preferred affinity', () => {
  const nodes = () => [node('a'), node('b'), node('c')];
  it('draws a pod to others, and keeps it away from them', () => {
    const around = nodes();
    assume(around[1]!, app('x'));
    expect(where(pod({ affinity: prefers(10, 'x', 'podAffinity') }), around)).toBe('b');
    assume(around[0]!, app('y'));
    assume(around[2]!, app('y'));
    expect(where(pod({ affinity: prefers(10, 'y', 'podAntiAffinity') }), around)).toBe('b');
  });

  it('is that of the others too', () => {
    const around = nodes();
    assume(around[2]!, pod({ affinity: prefers(10, 'x', 'podAffinity') }));
    expect(where(app('x'), around)).toBe('c');
    const apart = nodes();
    for (const n of apart.slice(0, 2)) assume(n, pod({ affinity: prefers(10, 'x', 'podAntiAffinity') }));
    assume(apart[2]!, pod());
    expect(where(app('x'), apart)).toBe('c');
  });

  it('weighs', () => {
    const around = nodes();
    assume(around[0]!, app('x'));
    assume(around[1]!, app('y'));
    const { podAffinity } = prefers(10, 'x', 'podAffinity');
    const { podAffinity: other } = prefers(90, 'y', 'podAffinity');
    const both = [
      ...podAffinity!.preferredDuringSchedulingIgnoredDuringExecution,
      ...other!.preferredDuringSchedulingIgnoredDuringExecution,
    ];
    expect(where(pod({ affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: both } } }), around)).toBe(
      'b',
    );
  });
});

describe('topology spread', () => {
  const spread = (when: 'DoNotSchedule' | 'ScheduleAnyway', more: object = {}) => ({
    topologySpread: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: when, labelSelector: { matchLabels: { app: 'x' } }, ...more },
    ],
  });
  const zones = () => [node('a', { labels: { zone: '1' } }), node('b', { labels: { zone: '2' } })];

  it('does not count pods that end', () => {
    const nodes = zones();
    assume(nodes[0]!, app('x', { terminating: true }));
    assume(nodes[1]!, app('x'));
    expect(where(app('x', spread('DoNotSchedule')), nodes)).toBe('a');
  });

  it('demands at least so many domains', () => {
    const nodes = zones();
    for (const n of nodes) assume(n, app('x'));
    expect(where(app('x', spread('DoNotSchedule')), nodes)).toBeDefined();
    expect(where(app('x', spread('DoNotSchedule', { minDomains: 3 })), nodes)).toBeUndefined();
  });

  it('counts pods of its own revision only (matchLabelKeys)', () => {
    const nodes = zones();
    for (const hash of ['old', 'old']) assume(nodes[0]!, pod({ labels: { app: 'x', hash } }));
    assume(nodes[1]!, pod({ labels: { app: 'x', hash: 'new' } }));
    const labels = { app: 'x', hash: 'new' };
    expect(where(pod({ labels, ...spread('DoNotSchedule', { matchLabelKeys: ['hash'] }) }), nodes)).toBe('a');
    expect(where(pod({ labels, ...spread('DoNotSchedule') }), nodes)).toBe('b');
  });

  it('prefers emptier domains, and nodes that have one', () => {
    const nodes = [...zones(), node('c')];
    assume(nodes[0]!, app('x'));
    expect(where(app('x', spread('ScheduleAnyway')), nodes)).toBe('b');
    expect(where(app('x', spread('DoNotSchedule')), [node('c')])).toBeUndefined();
  });
});
