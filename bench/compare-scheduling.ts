// Asks two clusters' schedulers the same questions, one pod after the other, on the same simulated nodes and pods: may the pod run at all, and where?
// Made to be run beside a real kube-scheduler; a difference is printed with the pod's specification.
//   node bench/compare-scheduling.ts KUBECONFIG OTHER-KUBECONFIG [--seed 1] [--count 200]
import { parseArgs } from 'node:util';
import { createClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import type { Node, Pod } from '@windlass/resources';
import { Random } from '../libs/testkit/src/random.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '200' } },
});
if (positionals.length !== 2)
  throw new Error('usage: node bench/compare-scheduling.ts KUBECONFIG OTHER-KUBECONFIG [--seed N] [--count N]');
const random = new Random(Number(options.seed));
const below = (limit: number) => random.below(limit);
const pick = <T>(from: readonly T[]): T => random.pick(from);
const maybe = <T>(share: number, make: () => T): T | undefined => (random.chance(share) ? make() : undefined);
const some = <T>(most: number, make: () => T): T[] => Array.from({ length: 1 + below(most) }, make);

const APPS = ['a', 'b', 'c', 'd'];
const DISKS = ['ssd', 'hdd'];
const KEYS = ['kubernetes.io/hostname', 'zone'];
const EFFECTS = ['NoSchedule', 'NoExecute', 'PreferNoSchedule'];
// Of this run alone: without a controller manager no namespace ever goes.
const NAMESPACES = ['left', 'right'].map((side) => `${side}-${Date.now().toString(36)}`);

const nodes = Array.from({ length: 10 }, (_, i) => ({
  name: `n${i}`,
  // One node is in no zone.
  labels: { 'kubernetes.io/hostname': `n${i}`, ...(i > 0 && { zone: `z${i % 3}` }), disk: pick(DISKS), size: String(below(4)) },
  taints: maybe(0.3, () => [{ key: pick(['x', 'y']), value: pick(['1', '2']), effect: pick(EFFECTS) }]),
  unschedulable: random.chance(0.1),
  amounts: { cpu: String(1 + below(3)), memory: '4Gi', pods: '20' },
}));

const selector = () =>
  pick([
    { matchLabels: { app: pick(APPS) } },
    { matchExpressions: [{ key: 'app', operator: pick(['In', 'NotIn']), values: [pick(APPS)] }] },
  ]);
const term = () => ({ topologyKey: pick(KEYS), labelSelector: selector(), namespaces: maybe(0.3, () => [pick(NAMESPACES)]) });
const nodeRequirement = () =>
  pick([
    { key: 'disk', operator: pick(['In', 'NotIn']), values: [pick(DISKS)] },
    { key: 'size', operator: pick(['Gt', 'Lt']), values: [String(below(4))] },
    { key: 'zone', operator: pick(['Exists', 'DoesNotExist']) },
  ]);
const container = (share: number) => ({
  name: 'c',
  image: 'example.com/none:1',
  ports: maybe(share, () => [
    {
      containerPort: 80,
      hostPort: pick([8080, 8081]),
      hostIP: pick([undefined, '10.0.0.1', '10.0.0.2']),
      protocol: pick(['TCP', 'UDP']),
    },
  ]),
  resources: { requests: { cpu: pick(['100m', '300m', '900m', '2500m']) } },
});
const toleration = () =>
  pick([
    { key: pick(['x', 'y']), operator: 'Exists' },
    { key: pick(['x', 'y']), operator: 'Equal', value: pick(['1', '2']), effect: pick([undefined, ...EFFECTS]) },
    { operator: 'Exists', effect: pick([undefined, ...EFFECTS]) },
  ]);

interface Sketch {
  namespace: string;
  labels: Record<string, string>;
  spec: object;
}
/** Pods that are there from the start. */
const existing: Sketch[] = Array.from({ length: 20 }, () => ({
  namespace: pick(NAMESPACES),
  labels: { app: pick(APPS) },
  spec: {
    nodeName: pick(nodes).name,
    containers: [{ ...container(0.3), resources: { requests: { cpu: pick(['100m', '200m']) } } }],
    affinity: maybe(0.25, () => ({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term()] } })),
  },
}));
const asked: Sketch[] = Array.from({ length: Number(options.count) }, () => ({
  namespace: pick(NAMESPACES),
  labels: { app: pick(APPS) },
  spec: {
    containers: [container(0.25)],
    nodeSelector: maybe(0.2, () => ({ disk: pick(DISKS) })),
    tolerations: maybe(0.5, () => some(2, toleration)),
    topologySpreadConstraints: maybe(0.3, () =>
      some(2, () => pick(KEYS))
        .filter((key, i, all) => all.indexOf(key) === i)
        .map((topologyKey) => ({
          topologyKey,
          maxSkew: 1 + below(2),
          whenUnsatisfiable: pick(['DoNotSchedule', 'ScheduleAnyway']),
          labelSelector: selector(),
        })),
    ),
    affinity: {
      nodeAffinity: maybe(0.3, () => ({
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: some(2, () => ({ matchExpressions: some(2, nodeRequirement) })),
        },
      })),
      podAffinity: maybe(0.3, () => ({ requiredDuringSchedulingIgnoredDuringExecution: some(2, term) })),
      podAntiAffinity: maybe(0.3, () => ({ requiredDuringSchedulingIgnoredDuringExecution: some(2, term) })),
    },
  },
}));

const ref = (resource: string, kind: string, namespaced: boolean) => ({ group: '', version: 'v1', resource, kind, namespaced });
type Answer = { node: string } | { message: string };

async function ask(kubeconfig: string): Promise<Answer[]> {
  const client = createClient(kubeconfig);
  const nodeClient = client.resource<Node>(ref('nodes', 'Node', false));
  const pods = client.resource<Pod>(ref('pods', 'Pod', true));
  const namespaces = client.resource(ref('namespaces', 'Namespace', false));
  const accounts = client.resource(ref('serviceaccounts', 'ServiceAccount', true));
  for (const name of NAMESPACES) {
    await namespaces.create({ metadata: { name } } as AnyObject);
    await accounts.create({ metadata: { name: 'default', namespace: name } } as AnyObject).catch(() => {});
  }
  for (const { name, labels, taints, unschedulable, amounts } of nodes) {
    await nodeClient.create({ metadata: { name, labels } } as unknown as Node);
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Bench', lastHeartbeatTime: new Date().toISOString() }];
    await nodeClient.patch(
      { name },
      { status: { allocatable: amounts, capacity: amounts, conditions } },
      { subresource: 'status' },
    );
    await nodeClient.patch({ name }, { spec: { taints: taints ?? null, unschedulable } });
  }
  const create = ({ namespace, labels, spec }: Sketch, name: string) =>
    pods.create({ metadata: { name, namespace, labels }, spec } as unknown as Pod);
  for (const [i, sketch] of existing.entries()) await create(sketch, `there-${i}`);
  const answers: Answer[] = [];
  for (const [i, sketch] of asked.entries()) {
    const { metadata } = await create(sketch, `asked-${i}`);
    answers.push(await answerOf(() => pods.get(metadata)));
    await pods.delete(metadata, { gracePeriodSeconds: 0 });
  }
  for (const name of NAMESPACES) {
    for (const { metadata } of (await pods.list({ namespace: name })).items)
      await pods.delete(metadata, { gracePeriodSeconds: 0 });
    await namespaces.delete({ name });
  }
  for (const { name } of nodes) await nodeClient.delete({ name });
  client.close();
  return answers;
}

async function answerOf(read: () => Promise<Pod>): Promise<Answer> {
  for (const until = Date.now() + 20_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 5))) {
    const { spec, status } = await read();
    if (spec.nodeName) return { node: spec.nodeName };
    const refused = status?.conditions?.find(({ type, status: value }) => type === 'PodScheduled' && value === 'False');
    if (refused) return { message: refused.message ?? '' };
  }
  return { message: 'no answer in 20 s' };
}

const [ours, theirs] = await Promise.all(positionals.map(ask));
let [differ, same, placed] = [0, 0, 0];
for (const [i, mine] of ours!.entries()) {
  const other = theirs![i]!;
  if ('node' in mine !== 'node' in other) {
    differ++;
    console.log(JSON.stringify({ differs: i, mine, other, pod: asked[i] }));
  } else if ('node' in mine && 'node' in other) {
    placed++;
    if (mine.node === other.node) same++;
  }
}
console.log(
  `seed ${options.seed}: ${asked.length} pods, ${differ} answered differently; ${placed} placed by both, ${same} of them on the same node`,
);
process.exitCode = differ === 0 ? 0 : 1;
