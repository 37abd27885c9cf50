import { cluster, node, pod } from '../testing/cluster.ts';
import { assume } from './node-state.ts';
import { placeOne, placeWave, type Unplaced } from './place.ts';
import { leastHarm, splitByBudgets } from './preempt.ts';
import type { Budget, NodeState, PodFacts } from './types.ts';

const cpu = (amount: number, more: Partial<PodFacts> = {}) => pod({ requests: { cpu: amount }, ...more });
const full = (name: string, ...pods: PodFacts[]): NodeState => {
  const made = node(name);
  for (const each of pods) assume(made, each);
  return made;
};
const preemption = (wanted: PodFacts, nodes: NodeState[], budgets: Budget[] = []) => {
  const { preemption: found, message } = placeOne(wanted, cluster(nodes, { budgets })) as Unplaced;
  return found ? { on: found.on, victims: found.victims.map(({ name }) => name) } : message;
};
const budget = (allowed: number, app: string): Budget => ({
  namespace: 'default',
  selector: { matchLabels: { app } },
  allowed,
  disrupted: new Set(),
});

describe('victims', () => {
  it('are as few as possible, the least important ones', () => {
    const nodes = [
      full(
        'a',
        cpu(500, { name: 'low', priority: 1 }),
        cpu(500, { name: 'mid', priority: 5 }),
        cpu(900, { name: 'same', priority: 10 }),
      ),
    ];
    expect(preemption(cpu(600, { priority: 10 }), nodes)).toEqual({ on: 'a', victims: ['low'] });
    expect(preemption(cpu(1000, { priority: 10 }), nodes)).toEqual({ on: 'a', victims: ['mid', 'low'] });
  });

  it('of equal priority are the younger ones', () => {
    const nodes = [full('a', cpu(1000, { name: 'old', startedAt: 1 }), cpu(1000, { name: 'young', startedAt: 2 }))];
    expect(preemption(cpu(1000, { priority: 1 }), nodes)).toEqual({ on: 'a', victims: ['young'] });
  });

  it('are not protected by a budget where others will do', () => {
    const safe = { labels: { app: 'db' } };
    const nodes = [
      full('a', cpu(1000, { name: 'db', ...safe }), cpu(1000, { name: 'web', labels: { app: 'web' }, priority: 1 })),
    ];
    expect(preemption(cpu(1000, { priority: 9 }), nodes)).toEqual({ on: 'a', victims: ['db'] });
    expect(preemption(cpu(1000, { priority: 9 }), nodes, [budget(0, 'db')])).toEqual({ on: 'a', victims: ['web'] });
  });

  it('make way for anti-affinity and host ports too', () => {
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    const nodes = [full('a', pod({ name: 'x', labels: { app: 'x' } }), pod({ name: 'port', hostPorts: ['TCP/0.0.0.0/80'] }))];
    expect(preemption(pod({ affinity, priority: 1 }), nodes)).toEqual({ on: 'a', victims: ['x'] });
    expect(preemption(pod({ hostPorts: ['TCP/0.0.0.0/80'], priority: 1 }), nodes)).toEqual({ on: 'a', victims: ['port'] });
  });

  it.each<[string, Partial<PodFacts>, string]>([
    ['of equal priority stay', {}, '1 No preemption victims found for incoming pod.'],
    [
      'do not help a pod that is too large for the node',
      { requests: { cpu: 9000 }, priority: 9 },
      '1 Preemption is not helpful for scheduling.',
    ],
    [
      'do not help where the node is not wanted',
      { nodeSelector: { a: 'b' }, priority: 9 },
      '1 Preemption is not helpful for scheduling.',
    ],
    [
      'are not sought by a pod that does not preempt',
      { priority: 9, preempts: false },
      'preemption: not eligible due to preemptionPolicy=Never.',
    ],
  ])('%s', (_, more, text) => {
    expect(preemption(cpu(1500, more), [full('a', cpu(1500))])).toContain(text);
  });
});

describe('the node', () => {
  it('is the one that hurts least', () => {
    const candidate = (name: string, violations: number, ...victims: [number, number?][]) => ({
      node: node(name),
      violations,
      victims: victims.map(([priority, startedAt = 0]) => pod({ priority, startedAt })),
    });
    const pick = (...candidates: ReturnType<typeof candidate>[]) => leastHarm(candidates)?.node.facts.name;
    expect(pick(candidate('a', 1, [0]), candidate('b', 0, [5], [5]))).toBe('b');
    expect(pick(candidate('a', 0, [5]), candidate('b', 0, [4], [4]))).toBe('b');
    expect(pick(candidate('a', 0, [5], [5]), candidate('b', 0, [5], [4]))).toBe('b');
    expect(pick(candidate('a', 0, [0], [-1]), candidate('b', 0, [0]))).toBe('b');
    expect(pick(candidate('a', 0, [5, 1]), candidate('b', 0, [5, 2]))).toBe('b');
    expect(pick(candidate('a', 0, [5]), candidate('b', 0, [5]))).toBe('a');
    expect(pick()).toBeUndefined();
  });

  it('is kept free for the pod that it was cleared for', () => {
    const nodes = [full('a', cpu(2000, { name: 'victim' }))];
    const high = cpu(2000, { priority: 10 });
    const [first, second] = placeWave([high, cpu(2000, { priority: 5 })], cluster(nodes)) as Unplaced[];
    expect(first?.preemption?.on).toBe('a');
    // The victim is on its way out for the other one.
    expect(second?.preemption).toBeUndefined();
    expect(second?.message).toContain('1 Insufficient cpu');
    // Once it is gone, the place is the nominated pod's.
    nodes[0]!.pods.clear();
    nodes[0]!.requested = {};
    expect(placeOne(cpu(100, { priority: 5 }), cluster(nodes)).node).toBeUndefined();
    expect(placeOne(cpu(100, { priority: 11 }), cluster(nodes)).node).toBe('a');
    expect(placeOne({ ...high, nominatedNode: 'a' }, cluster(nodes)).node).toBe('a');
  });

  it('is not cleared twice while its victims end', () => {
    const leaving = cpu(2000, { name: 'victim', terminating: true, preempted: true });
    const wanted = cpu(2000, { priority: 10, nominatedNode: 'a' });
    expect(preemption(wanted, [full('a', leaving)])).toContain(
      'preemption: not eligible due to a terminating pod on the nominated node.',
    );
  });
});

test('every pod of a budget uses it up; those that are counted already do not', () => {
  const pods = ['a', 'b', 'c'].map((name) => pod({ name, labels: { app: 'x' } }));
  const names = (budgets: Budget[]) => splitByBudgets(pods, budgets).violating.map(({ name }) => name);
  expect(names([budget(1, 'x')])).toEqual(['b', 'c']);
  expect(names([{ ...budget(0, 'x'), disrupted: new Set(['a', 'b']) }])).toEqual(['c']);
  expect(names([{ ...budget(0, 'x'), selector: {} }])).toEqual([]);
  expect(names([{ ...budget(0, 'x'), namespace: 'other' }])).toEqual([]);
});
