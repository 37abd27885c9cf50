// Asks two clusters' schedulers whom they would push out for a pod of high priority: the same seeded nodes and pods, made anew for every question.
// Made to be run beside a real kube-scheduler; a difference is printed.
//   node bench/compare-preemption.ts KUBECONFIG OTHER-KUBECONFIG [--seed 1] [--count 40]
import { parseArgs } from 'node:util';
import { createClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import type { Node, Pod } from '@windlass/resources';
import { Random } from '../libs/testkit/src/random.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '40' } },
});
if (positionals.length !== 2)
  throw new Error('usage: node bench/compare-preemption.ts KUBECONFIG OTHER-KUBECONFIG [--seed N] [--count N]');
const random = new Random(Number(options.seed));
const NODES = 4;
const LEVELS = [0, 10, 20, 30];
const tag = Date.now().toString(36);
const className = (value: number) => `level-${value}-${tag}`;

interface There {
  name: string;
  node: string;
  level: number;
  cpu: number;
  app: string;
  port?: number;
  /** Seconds ago. */
  age: number;
}
interface Question {
  there: There[];
  asked: { level: number; cpu: number; port?: number; apart: boolean };
}
const questions: Question[] = Array.from({ length: Number(options.count) }, () => {
  const there = Array.from({ length: NODES }, (_, n) =>
    // Each node is nearly full.
    Array.from({ length: 2 + random.below(3) }, (_, i) => ({
      name: `there-${n}-${i}`,
      node: `n${n}`,
      level: random.pick(LEVELS),
      cpu: random.pick([300, 400, 500]),
      app: random.pick(['x', 'y']),
      port: random.chance(0.15) ? 8080 : undefined,
      age: 60 * (1 + random.below(100)),
    })),
  ).flat();
  const asked = {
    level: random.pick([10, 20, 30, 40]),
    cpu: random.pick([500, 900, 1300]),
    port: random.chance(0.2) ? 8080 : undefined,
    apart: random.chance(0.2),
  };
  return { there, asked };
});

const ref = (group: string, resource: string, kind: string, namespaced: boolean) => ({
  group,
  version: 'v1',
  resource,
  kind,
  namespaced,
});
const container = (cpu: number, port?: number) => ({
  name: 'c',
  image: 'example.com/none:1',
  resources: { requests: { cpu: `${cpu}m`, memory: '1Mi' } },
  ports: port && [{ containerPort: port, hostPort: port }],
});
const anti = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } } },
    ],
  },
};
/** `n1 there-1-0 there-1-2`: the node and who leaves it; or that nobody does. */
type Answer = string;

async function ask(kubeconfig: string): Promise<Answer[]> {
  const client = createClient(kubeconfig);
  const nodes = client.resource<Node>(ref('', 'nodes', 'Node', false));
  const pods = client.resource<Pod>(ref('', 'pods', 'Pod', true));
  const namespaces = client.resource(ref('', 'namespaces', 'Namespace', false));
  const classes = client.resource(ref('scheduling.k8s.io', 'priorityclasses', 'PriorityClass', false));
  const namespace = `preempt-${tag}`;
  await namespaces.create({ metadata: { name: namespace } } as AnyObject);
  await client
    .resource(ref('', 'serviceaccounts', 'ServiceAccount', true))
    .create({ metadata: { name: 'default', namespace } } as AnyObject)
    .catch(() => {});
  for (const value of [...LEVELS, 40]) await classes.create({ metadata: { name: className(value) }, value } as AnyObject);
  for (let n = 0; n < NODES; n++) {
    const name = `n${n}`;
    await nodes.create({ metadata: { name, labels: { 'kubernetes.io/hostname': name } } } as unknown as Node);
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Bench', lastHeartbeatTime: new Date().toISOString() }];
    const amounts = { cpu: '1500m', memory: '4Gi', pods: '20' };
    await nodes.patch({ name }, { status: { allocatable: amounts, capacity: amounts, conditions } }, { subresource: 'status' });
    await nodes.patch({ name }, { spec: { taints: null } });
  }
  const answers: Answer[] = [];
  for (const [i, { there, asked }] of questions.entries()) {
    const now = Date.now();
    for (const { name, node, level, cpu, app, port, age } of there) {
      const spec = { nodeName: node, priorityClassName: className(level), containers: [container(cpu, port)] };
      await pods.create({ metadata: { name: `${name}-${i}`, namespace, labels: { app } }, spec } as unknown as Pod);
      const startTime = new Date(now - age * 1000).toISOString().replace(/\.\d+/, '');
      await pods.patch(
        { name: `${name}-${i}`, namespace },
        { status: { phase: 'Running', startTime } },
        { subresource: 'status' },
      );
    }
    const spec = {
      priorityClassName: className(asked.level),
      containers: [container(asked.cpu, asked.port)],
      affinity: asked.apart ? anti : undefined,
    };
    const { metadata } = await pods.create({ metadata: { name: `asked-${i}`, namespace }, spec } as unknown as Pod);
    answers.push(await answerOf(() => pods.list({ namespace }), metadata.name!, i));
    for (const { metadata: each } of (await pods.list({ namespace })).items)
      await pods.delete(each, { gracePeriodSeconds: 0 }).catch(() => {});
  }
  await namespaces.delete({ name: namespace });
  for (let n = 0; n < NODES; n++) await nodes.delete({ name: `n${n}` });
  for (const value of [...LEVELS, 40]) await classes.delete({ name: className(value) });
  client.close();
  return answers;
}

async function answerOf(read: () => Promise<{ items: Pod[] }>, name: string, question: number): Promise<Answer> {
  const victimsOf = (items: Pod[]) =>
    items.filter(({ metadata }) => metadata.deletionTimestamp).map(({ metadata }) => metadata.name!);
  for (const until = Date.now() + 20_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 10))) {
    const { items } = await read();
    const { spec, status } = items.find(({ metadata }) => metadata.name === name)!;
    if (spec.nodeName) return `fits ${spec.nodeName}`;
    const refused = status?.conditions?.some(({ type, status: value }) => type === 'PodScheduled' && value === 'False');
    if (!refused) continue;
    if (status?.nominatedNodeName) {
      // Those who have to go are told one after the other.
      await new Promise((resolve) => setTimeout(resolve, 200));
      const victims = victimsOf((await read()).items).map((each) => each.replace(new RegExp(`-${question}$`), ''));
      return [status.nominatedNodeName, ...victims.sort()].join(' ');
    }
    // The nomination may be written after the condition.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const again = (await read()).items.find(({ metadata }) => metadata.name === name)!;
    if (!again.status?.nominatedNodeName && victimsOf((await read()).items).length === 0) return 'nobody leaves';
  }
  return 'no answer in 20 s';
}

const [ours, theirs] = await Promise.all(positionals.map(ask));
let differ = 0;
for (const [i, mine] of ours!.entries()) {
  const other = theirs![i]!;
  if (mine === other || (mine.startsWith('fits') && other.startsWith('fits'))) continue;
  differ++;
  console.log(JSON.stringify({ differs: i, mine, other, ...questions[i] }));
}
const preempted = ours!.filter((answer) => /^n\d/.test(answer)).length;
console.log(
  `seed ${options.seed}: ${questions.length} pods, ${preempted} of them pushed others out; ${differ} answered differently`,
);
process.exitCode = differ === 0 ? 0 : 1;
