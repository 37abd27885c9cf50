import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace, tryKubectl } from './lib/kubectl.ts';

const { nodes } = fixture();
let ns: string;
const pod = (name: string, node: string, command: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers:
    - { name: c, image: "windlass.dev/busybox:1", command: [sh, -c, "${command}"], ports: [{ name: http, containerPort: 8080 }] }
---
`;
const policy = (name: string, spec: string) =>
  kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name} }
spec: ${spec}
`,
  );
let serverIp: string;

/** Whether `client` gets an answer of the server, by its address. */
const reaches = async (client: string, port = 8080): Promise<boolean> =>
  (await tryKubectl(['-n', ns, 'exec', client, '--', 'timeout', '1', 'wget', '-q', '-O', '-', `http://${serverIp}:${port}/`]))
    .code === 0;
const becomes = (client: string, wanted: boolean) => eventually(async () => (await reaches(client)) === wanted, 10);

beforeAll(async () => {
  ns = await makeNamespace('policy');
  const serve = 'mkdir /w; echo hi > /w/index.html; httpd -p 9090 -h /w; exec httpd -f -p 8080 -h /w';
  await kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    pod('server', nodes[0]!, serve) + pod('near', nodes[0]!, 'sleep 3600') + pod('far', nodes[1]!, 'sleep 3600'),
  );
  await kubectl(['-n', ns, 'wait', 'pod', '--all', '--for=condition=Ready', '--timeout=60s'], undefined, 70_000);
  serverIp = (await getJson(['-n', ns, 'get', 'pod', 'server'])).status.podIP;
});
afterAll(() => dropNamespace(ns));

test('default deny holds on the same node and across nodes; a rule opens it for whom it names', async () => {
  await becomes('near', true);
  await becomes('far', true);
  await policy('deny', '{ podSelector: {}, policyTypes: [Ingress] }');
  await becomes('near', false);
  await becomes('far', false);
  await policy(
    'far',
    '{ podSelector: { matchLabels: { app: server } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: far } } }] }] }',
  );
  await becomes('far', true);
  expect(await reaches('near')).toBe(false);
  await kubectl(['-n', ns, 'label', 'pod', 'near', 'app=far', '--overwrite']);
  await becomes('near', true);
  await kubectl(['-n', ns, 'delete', 'networkpolicy', '--all']);
  await becomes('near', true);
});

test('a named port is open, another is not', async () => {
  await policy('port', '{ podSelector: { matchLabels: { app: server } }, ingress: [{ ports: [{ port: http }] }] }');
  await eventually(async () => !(await reaches('far', 9090)), 10);
  expect(await reaches('far', 8080)).toBe(true);
  await kubectl(['-n', ns, 'delete', 'networkpolicy', '--all']);
});

test('egress', async () => {
  await policy(
    'out',
    `{ podSelector: { matchLabels: { app: far } }, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 192.0.2.0/24 } }] }] }`,
  );
  await becomes('far', false);
  await policy(
    'out',
    `{ podSelector: { matchLabels: { app: far } }, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: ${serverIp}/32 } }], ports: [{ port: 8080 }] }] }`,
  );
  await becomes('far', true);
  expect(await reaches('far', 9090)).toBe(false);
});
