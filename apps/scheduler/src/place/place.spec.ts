import { cluster, GiB, node, pod } from '../testing/cluster.ts';
import { nodeRefusal, portsCollide } from './filters.ts';
import { assume, forget } from './node-state.ts';
import { placeWave as placeAll, placeOne } from './place.ts';
import type { NodeState, PodFacts } from './types.ts';

const where = (p: PodFacts, nodes: NodeState[]) => placeOne(p, cluster(nodes)).node;
const placeWave = (pods: readonly PodFacts[], nodes: readonly NodeState[]) => placeAll(pods, cluster(nodes));

describe('filters', () => {
  it.each<[string, Partial<PodFacts>, Partial<NodeState['facts']>, string[]]>([
    ['cpu', { requests: { cpu: 2001 } }, {}, ['Insufficient cpu']],
    ['cpu that just fits', { requests: { cpu: 2000 } }, {}, []],
    ['an extended resource nobody has', { requests: { 'x.y/gpu': 1 } }, {}, ['Insufficient x.y/gpu']],
    ['pod count', {}, { allocatable: { pods: 0 } }, ['Too many pods']],
    ['cordon', {}, { unschedulable: true }, ['node(s) were unschedulable']],
    ['a taint', {}, { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] }, ['node(s) had untolerated taint(s)']],
    [
      'a tolerated taint',
      { tolerations: [{ key: 'a', operator: 'Equal', value: 'b' }] },
      { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] },
      [],
    ],
    [
      'another value',
      { tolerations: [{ key: 'a', value: 'c' }] },
      { taints: [{ key: 'a', value: 'b', effect: 'NoExecute' }] },
      ['node(s) had untolerated taint(s)'],
    ],
    ['selector', { nodeSelector: { disk: 'ssd' } }, {}, ["node(s) didn't match Pod's node affinity/selector"]],
    ['selector met', { nodeSelector: { disk: 'ssd' } }, { labels: { disk: 'ssd' } }, []],
  ])('%s', (_name, p, n, want) => {
    expect(nodeRefusal(pod(p), node('a', n))?.reasons ?? []).toEqual(want);
  });

  it('knows when host ports collide', () => {
    expect(portsCollide(['TCP/0.0.0.0/80'], ['TCP/10.0.0.1/80'])).toBe(true);
    expect(portsCollide(['TCP/10.0.0.2/80'], ['TCP/10.0.0.1/80', 'UDP/10.0.0.2/80'])).toBe(false);
  });
});

describe('placement', () => {
  it('spreads replicas of one controller', () => {
    const nodes = [node('a'), node('b'), node('c')];
    const placed = placeWave(
      [1, 2, 3].map(() => pod({ controller: 'rs', requests: { cpu: 100 } })),
      nodes,
    );
    expect(placed.map((p) => p.node).sort()).toEqual(['a', 'b', 'c']);
  });

  it('spreads them over zones too', () => {
    const zone = (name: string) => ({ labels: { 'topology.kubernetes.io/zone': name } });
    const nodes = [node('a', zone('1')), node('b', zone('1')), node('c', zone('2'))];
    const placed = placeWave(
      [1, 2].map(() => pod({ controller: 'rs', requests: { cpu: 100 } })),
      nodes,
    );
    expect(placed.map((p) => p.node)).toEqual(['a', 'c']);
  });

  it('prefers the emptier node and is deterministic on ties', () => {
    const nodes = [node('b'), node('a')];
    expect(where(pod(), nodes)).toBe('a');
    assume(nodes[1]!, pod({ requests: { cpu: 1500, memory: 3 * GiB } }));
    expect(where(pod(), nodes)).toBe('b');
  });

  it('never overcommits within one wave and says why the rest waits', () => {
    const nodes = [node('a'), node('b')];
    const placed = placeWave(
      [...Array(5)].map(() => pod({ requests: { cpu: 900 } })),
      nodes,
    );
    expect(placed.filter((p) => p.node === undefined).map((p) => 'message' in p && p.message)).toEqual([
      '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    ]);
    expect(nodes.map((n) => n.requested.cpu)).toEqual([1800, 1800]);
  });

  it('places higher priority first', () => {
    const nodes = [node('a')];
    const [low, high] = [pod({ requests: { cpu: 1500 } }), pod({ requests: { cpu: 1500 }, priority: 10 })];
    expect(placeWave([low, high], nodes).map((p) => [p.pod.uid, p.node])).toEqual([
      [high.uid, 'a'],
      [low.uid, undefined],
    ]);
  });

  it('honours anti-affinity of the pod and of the pods already there', () => {
    const anti = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } } },
        ],
      },
    };
    const nodes = [node('a'), node('b')];
    assume(nodes[0]!, pod({ labels: { app: 'x' } }));
    expect(where(pod({ affinity: anti }), nodes)).toBe('b');
    assume(nodes[1]!, pod({ affinity: anti }));
    expect(where(pod({ labels: { app: 'x' } }), nodes)).toBe('a');
  });

  it('lets the first pod of a self-affine group start and keeps the next beside it', () => {
    const together = {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } } },
        ],
      },
    };
    const nodes = [node('a'), node('b')];
    const placed = placeWave(
      [1, 2].map(() => pod({ labels: { app: 'x' }, affinity: together })),
      nodes,
    );
    expect(new Set(placed.map((p) => p.node)).size).toBe(1);
    expect(where(pod({ affinity: together, namespace: 'other' }), nodes)).toBeUndefined();
  });

  it('keeps the skew of a hard topology spread constraint', () => {
    const constraint = {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule' as const,
      labelSelector: { matchLabels: { app: 'x' } },
    };
    const nodes = [
      node('a', { labels: { zone: '1' } }),
      node('b', { labels: { zone: '2' }, allocatable: { cpu: 100, memory: GiB, pods: 110 } }),
    ];
    const make = () => pod({ labels: { app: 'x' }, topologySpread: [constraint], requests: { cpu: 60 } });
    const placed = placeWave([make(), make(), make()], nodes);
    expect(placed.filter((p) => p.node === 'a')).toHaveLength(2);
    expect(placed.filter((p) => p.node === 'b')).toHaveLength(1);
    expect(where(make(), nodes)).toBeUndefined();
  });

  it('forgets exactly what it assumed', () => {
    const n = node('a');
    const p = pod({ requests: { cpu: 5, memory: 7 } });
    assume(n, p);
    forget(n, p.uid);
    forget(n, p.uid);
    expect(n.requested).toEqual({ cpu: 0, memory: 0 });
  });
});
