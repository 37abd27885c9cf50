import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

const RESOURCE = 'example.com/fakecpu';
let ns: string;
let node: string;
const className = (level: number) => `${ns}-p${level}`;

const onNode = (patch: object) =>
  kubectl(['patch', 'node', node, '--subresource=status', '--type=merge', '-p', JSON.stringify(patch)]);
const amounts = (value: string | null) => ({ status: { capacity: { [RESOURCE]: value }, allocatable: { [RESOURCE]: value } } });

beforeAll(async () => {
  ns = await makeNamespace('preemption');
  node = fixture().nodes[0]!;
  await onNode(amounts('1000'));
  for (const level of [1, 2, 3, 4]) await kubectl(['create', 'priorityclass', className(level), `--value=${level}`]);
});
afterAll(async () => {
  await dropNamespace(ns);
  for (const level of [1, 2, 3, 4]) await kubectl(['delete', 'priorityclass', className(level)]);
  await onNode(amounts(null));
});

const replicaSet = (level: number, amount: number) =>
  kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    `
apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: rs-${level} }
spec:
  replicas: 1
  selector: { matchLabels: { level: "${level}" } }
  template:
    metadata: { labels: { level: "${level}" } }
    spec:
      terminationGracePeriodSeconds: 1
      priorityClassName: ${className(level)}
      nodeSelector: { kubernetes.io/hostname: ${node} }
      containers:
        - name: c
          image: windlass.dev/busybox:1
          command: ["sh", "-c", "while :; do sleep 0.2; done"]
          resources: { requests: { ${RESOURCE}: "${amount}" }, limits: { ${RESOURCE}: "${amount}" } }
`,
  );
const pods = async (level: number) => (await getJson(['-n', ns, 'get', 'pods', '-l', `level=${level}`])).items;
const runs = (level: number) =>
  eventually(async () => (await pods(level)).some((pod: { status: { phase: string } }) => pod.status.phase === 'Running'), 40);

test('ReplicaSets of four priorities: the highest takes the place of the two lowest, which wait', async () => {
  for (const [level, amount] of [
    [1, 200],
    [2, 300],
    [3, 450],
  ] as const) {
    await replicaSet(level, amount);
    await runs(level);
  }
  const [third] = await pods(3);
  await replicaSet(4, 500);
  await runs(4);
  for (const level of [1, 2])
    await eventually(async () => {
      const [waiting, ...rest] = await pods(level);
      return rest.length === 0 && waiting?.status.phase === 'Pending' && !waiting.spec.nodeName;
    }, 40);
  const [still] = await pods(3);
  expect(still.metadata.uid).toBe(third.metadata.uid);
  expect(still.status.phase).toBe('Running');
  const events = await kubectl([
    '-n',
    ns,
    'get',
    'events',
    '--field-selector',
    'reason=Preempted',
    '-o',
    'jsonpath={.items[*].message}',
  ]);
  const [fourth] = await pods(4);
  expect(events).toContain(`Preempted by pod ${fourth.metadata.uid} on node ${node}`);
});
