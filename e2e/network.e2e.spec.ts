import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace, tryKubectl } from './lib/kubectl.ts';

let ns: string;
const { nodes, nodeIps } = fixture();
const pod = (name: string, node: string, command: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers: [{ name: c, image: "windlass.dev/busybox:1", command: [sh, -c, "${command}"] }]
---
`;
const inClient = (...command: string[]) => kubectl(['-n', ns, 'exec', 'client', '--', ...command]);
const httpd = (text: string) => `mkdir /w; echo ${text} > /w/index.html; exec httpd -f -p 8080 -h /w`;

beforeAll(async () => {
  ns = await makeNamespace('network');
  const service = (name: string, spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: ${spec}
---
`;
  const manifest =
    pod('client', nodes[0]!, 'sleep 3600') +
    pod('server', nodes[1]!, httpd('from-server')) +
    service('server', '{ selector: { app: server }, ports: [{ name: http, port: 80, targetPort: 8080 }] }') +
    service('direct', '{ clusterIP: None, selector: { app: server }, ports: [{ name: http, port: 8080 }] }') +
    service('nobody', '{ selector: { app: nobody }, ports: [{ port: 80 }] }') +
    service('outside', '{ type: ExternalName, externalName: server.NS.svc.cluster.local }'.replace('NS', ns)) +
    service('node', '{ type: NodePort, selector: { app: server }, ports: [{ port: 80, targetPort: 8080 }] }');
  await kubectl(['-n', ns, 'apply', '-f', '-'], manifest);
  await kubectl(['-n', ns, 'wait', 'pod', '--all', '--for=condition=Ready', '--timeout=60s'], undefined, 70_000);
});
afterAll(() => dropNamespace(ns));

/** Debian's busybox crashes with `wget -T`. */
const WGET = ['timeout', '3', 'wget', '-q', '-O', '-'];
const wget = async (host: string) => (await inClient(...WGET, `http://${host}/`)).trim();
const ipOf = async (name: string) => (await getJson(['-n', ns, 'get', 'pod', name])).status.podIP as string;

test('a pod on another node answers by pod IP, Service IP and name', async () => {
  expect(await wget(`${await ipOf('server')}:8080`)).toBe('from-server');
  const { clusterIP } = (await getJson(['-n', ns, 'get', 'service', 'server'])).spec;
  expect(await eventually(() => wget(clusterIP), 5)).toBe('from-server');
  for (const name of ['server', `server.${ns}`, `server.${ns}.svc.cluster.local`]) expect(await wget(name)).toBe('from-server');
});

test('headless and external names', async () => {
  const ip = await ipOf('server');
  expect(await inClient('nslookup', `direct.${ns}.svc.cluster.local`)).toMatch(`Address: ${ip}`);
  expect(await wget('direct:8080')).toBe('from-server');
  expect(await wget('outside')).toBe('from-server');
  const missing = await tryKubectl(['-n', ns, 'exec', 'client', '--', 'nslookup', `missing.${ns}.svc.cluster.local`]);
  expect(missing.code).not.toBe(0);
  expect(missing.stdout + missing.stderr).toMatch('NXDOMAIN');
});

test('a service without endpoints refuses at once', async () => {
  const started = Date.now();
  const { code, stderr } = await tryKubectl(['-n', ns, 'exec', 'client', '--', ...WGET, 'http://nobody/']);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/refused|unreachable/i);
  expect(Date.now() - started).toBeLessThan(3000);
});

test('NodePort on every node, from outside', async () => {
  const { nodePort } = (await getJson(['-n', ns, 'get', 'service', 'node'])).spec.ports[0];
  for (const ip of nodeIps) {
    const response = await eventually(() => fetch(`http://${ip}:${nodePort}/`, { signal: AbortSignal.timeout(2000) }), 5);
    expect((await response.text()).trim()).toBe('from-server');
  }
});

test('the API server is kubernetes.default, with a token that it accepts', async () => {
  const token = '/var/run/secrets/kubernetes.io/serviceaccount';
  const out = await inClient(
    'sh',
    '-c',
    `cat ${token}/namespace; test -s ${token}/token && test -s ${token}/ca.crt && echo " complete"`,
  );
  expect(out).toBe(`${ns} complete\n`);
  expect(await inClient('nslookup', 'kubernetes.default.svc.cluster.local')).toMatch(/Address: \d/);
});

test('endpoints follow readiness', async () => {
  await kubectl(['-n', ns, 'delete', 'pod', 'server', '--grace-period=0', '--force']);
  await eventually(async () => {
    const { items } = await getJson(['-n', ns, 'get', 'endpointslices', '-l', 'kubernetes.io/service-name=server']);
    return items.every((slice: { endpoints?: unknown[] }) => !slice.endpoints?.length);
  }, 10);
  await kubectl(['-n', ns, 'apply', '-f', '-'], pod('server', nodes[2]!, httpd('again')));
  await kubectl(['-n', ns, 'wait', 'pod/server', '--for=condition=Ready', '--timeout=30s']);
  expect(await eventually(() => wget('server'), 5)).toBe('again');
});
