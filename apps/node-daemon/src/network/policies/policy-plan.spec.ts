import type { NetworkPolicy } from '@windlass/resources';
import type { PodView } from './pod-view.ts';
import { planPolicies } from './policy-plan.ts';

const pod = (ip: string, labels: Record<string, string>, more: Partial<PodView> = {}): PodView => ({
  namespace: 'shop',
  labels,
  ips: [ip],
  ports: [],
  nodeName: 'here',
  ...more,
});
const policy = (name: string, spec: NetworkPolicy['spec'], namespace = 'shop') =>
  ({ metadata: { name, namespace }, spec }) as NetworkPolicy;
const pods = [
  pod('10.0.0.1', { app: 'web' }, { ports: [{ name: 'http', protocol: 'TCP', number: 8080 }] }),
  pod('10.0.0.2', { app: 'db' }),
  pod('10.0.1.3', { app: 'web' }, { nodeName: 'there', ports: [{ name: 'http', protocol: 'TCP', number: 9090 }] }),
  pod('10.0.1.4', { app: 'probe' }, { namespace: 'ops', nodeName: 'there' }),
];
const namespaces = new Map([
  ['shop', { team: 'shop' }],
  ['ops', { team: 'ops' }],
]);
const plan = (...policies: NetworkPolicy[]) => planPolicies({ policies, pods, namespaces, nodeName: 'here' });

/** The rules that decide about packets from or to an address, with sets written out. */
function decided(made: ReturnType<typeof plan>, direction: 'ingress' | 'egress', ip: string): string[] | undefined {
  const chain = made.verdicts[direction].get(ip);
  if (chain === undefined) return undefined;
  return made.chains
    .get(chain)!
    .map((rule) => rule.replaceAll(/@(\w+)/g, (_, set: string) => `{${made.sets.get(set)!.elements.join(', ')}}`));
}

test('no policy, nothing isolated', () => {
  expect(plan()).toEqual({ sets: new Map(), chains: new Map(), verdicts: { ingress: new Map(), egress: new Map() } });
});

test('default deny isolates the pods of this node in that namespace only', () => {
  const made = plan(policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }));
  expect(decided(made, 'ingress', '10.0.0.1')).toEqual(['drop']);
  expect(decided(made, 'egress', '10.0.0.2')).toEqual(['drop']);
  expect([...made.verdicts.ingress.keys()]).toEqual(['10.0.0.1', '10.0.0.2']);
});

test('without policyTypes egress is isolated only by egress rules', () => {
  expect(plan(policy('a', { podSelector: {} })).verdicts.egress.size).toBe(0);
  expect(plan(policy('a', { podSelector: {}, egress: [{}] })).verdicts.egress.size).toBe(2);
});

test('an empty rule allows everything, an absent list nothing', () => {
  expect(decided(plan(policy('a', { podSelector: {}, ingress: [{}] })), 'ingress', '10.0.0.1')).toEqual(['return', 'drop']);
  expect(decided(plan(policy('a', { podSelector: {}, ingress: [] })), 'ingress', '10.0.0.1')).toEqual(['drop']);
});

test.each<[string, NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>[number], string[]]>([
  [
    'pods of the own namespace',
    { from: [{ podSelector: { matchLabels: { app: 'web' } } }] },
    ['ip saddr {10.0.0.1, 10.0.1.3} return'],
  ],
  ['a namespace', { from: [{ namespaceSelector: { matchLabels: { team: 'ops' } } }] }, ['ip saddr {10.0.1.4} return']],
  [
    'pods in a namespace',
    { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'probe' } } }] },
    ['ip saddr {10.0.1.4} return'],
  ],
  ['nobody', { from: [{ podSelector: { matchLabels: { app: 'none' } } }] }, ['ip saddr {} return']],
  [
    'a block with exceptions',
    { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] } }] },
    ['ip saddr 10.0.0.0/8 ip saddr != { 10.1.0.0/16, 10.2.0.0/16 } return'],
  ],
  [
    'ports',
    { ports: [{ port: 80 }, { protocol: 'UDP', port: 53 }, { port: 8000, endPort: 8100 }, { protocol: 'SCTP' }] },
    ['tcp dport 80 return', 'udp dport 53 return', 'tcp dport 8000-8100 return', 'meta l4proto sctp return'],
  ],
  [
    'peers times ports',
    { from: [{ ipBlock: { cidr: '1.0.0.0/8' } }, { ipBlock: { cidr: '2.0.0.0/8' } }], ports: [{ port: 1 }, { port: 2 }] },
    [
      'ip saddr 1.0.0.0/8 tcp dport 1 return',
      'ip saddr 1.0.0.0/8 tcp dport 2 return',
      'ip saddr 2.0.0.0/8 tcp dport 1 return',
      'ip saddr 2.0.0.0/8 tcp dport 2 return',
    ],
  ],
  ['a named port', { ports: [{ port: 'http' }] }, ['ip daddr . meta l4proto . th dport {10.0.0.1 . tcp . 8080} return']],
])('ingress from %s', (_, rule, expected) => {
  const made = plan(policy('a', { podSelector: { matchLabels: { app: 'web' } }, ingress: [rule] }));
  expect(decided(made, 'ingress', '10.0.0.1')).toEqual([...expected, 'drop']);
});

test('a named port of egress is the number that each peer has', () => {
  const made = plan(
    policy('a', {
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: {} }], ports: [{ port: 'http' }] }],
    }),
  );
  expect(decided(made, 'egress', '10.0.0.2')).toEqual([
    'ip daddr . meta l4proto . th dport {10.0.0.1 . tcp . 8080, 10.0.1.3 . tcp . 9090} return',
    'drop',
  ]);
  expect(made.verdicts.ingress.size).toBe(0);
});

test('several policies add up', () => {
  const made = plan(
    policy('a', { podSelector: {}, ingress: [{ ports: [{ port: 1 }] }] }),
    policy('b', { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ ports: [{ port: 2 }] }] }),
    policy('c', { podSelector: {}, ingress: [{ ports: [{ port: 3 }] }] }, 'ops'),
  );
  expect(decided(made, 'ingress', '10.0.0.1')).toEqual(['tcp dport 1 return', 'tcp dport 2 return', 'drop']);
  expect(decided(made, 'ingress', '10.0.0.2')).toEqual(['tcp dport 1 return', 'drop']);
});

test('a new member changes a set, not the chains', () => {
  const spec = { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] };
  const before = plan(policy('a', spec));
  const after = planPolicies({
    policies: [policy('a', spec)],
    pods: [...pods, pod('10.0.1.9', { app: 'web' }, { nodeName: 'there' })],
    namespaces,
    nodeName: 'here',
  });
  expect(after.chains).toEqual(before.chains);
  expect([...after.sets.keys()]).toEqual([...before.sets.keys()]);
});
