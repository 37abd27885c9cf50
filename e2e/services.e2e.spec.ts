import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace, tryKubectl } from './lib/kubectl.ts';

let ns: string;
const { nodes, nodeIps } = fixture();
const pod = (name: string, node: string, command: string, more = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name.split('-')[0]} } }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers: [{ name: c, image: "windlass.dev/busybox:1", command: [sh, -c, "${command}"] }]
  ${more}
---
`;
const service = (name: string, spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: ${spec}
---
`;
const web = (name: string) =>
  `mkdir /w /v; echo ${name} > /w/index.html; echo other > /v/index.html; httpd -p 8081 -h /v; exec httpd -f -p 8080 -h /w`;
const SELECT = 'selector: { app: web }';

beforeAll(async () => {
  ns = await makeNamespace('services');
  const manifest =
    pod(
      'client',
      nodes[0]!,
      'sleep 3600',
      'dnsConfig: { searches: [extra.example], options: [{ name: ndots, value: \\"3\\" }] }'.replaceAll('\\', ''),
    ) +
    pod('web-a', nodes[1]!, web('a'), 'hostname: first\n  subdomain: named') +
    pod('web-b', nodes[2]!, web('b')) +
    service('plain', `{ type: NodePort, ${SELECT}, ports: [{ port: 80, targetPort: 8080 }] }`) +
    service('sticky', `{ type: NodePort, sessionAffinity: ClientIP, ${SELECT}, ports: [{ port: 80, targetPort: 8080 }] }`) +
    service('many', `{ ${SELECT}, ports: [{ name: t, port: 80, targetPort: 8080 }, { name: v, port: 81, targetPort: 8081 }] }`) +
    service('named', `{ clusterIP: None, ${SELECT}, ports: [{ name: http, port: 8080 }] }`) +
    service('near', `{ internalTrafficPolicy: Local, ${SELECT}, ports: [{ port: 80, targetPort: 8080 }] }`) +
    service('outer', `{ externalIPs: [198.51.100.7], ${SELECT}, ports: [{ port: 8088, targetPort: 8080 }] }`) +
    service('changing', `{ ${SELECT}, ports: [{ port: 80, targetPort: 8080 }] }`) +
    service('manual', '{ type: NodePort, ports: [{ name: t, port: 80 }, { name: u, port: 80, protocol: UDP }] }');
  await kubectl(['-n', ns, 'apply', '-f', '-'], manifest);
  await kubectl(['-n', ns, 'wait', 'pod', '--all', '--for=condition=Ready', '--timeout=60s'], undefined, 70_000);
});
afterAll(() => dropNamespace(ns));

const sh = (script: string, from = 'client') => kubectl(['-n', ns, 'exec', from, '--', 'sh', '-c', script]);
const wget = (url: string) => `timeout 3 wget -q -O - http://${url}/`;
/** The different answers of a dozen calls from the client pod. */
const answers = async (url: string) =>
  [...new Set((await sh(`for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ${wget(url)}; done`)).trim().split('\n'))].sort();
const fromHere = async (port: number) =>
  (await (await fetch(`http://${nodeIps[0]}:${port}/`, { signal: AbortSignal.timeout(2000) })).text()).trim();
const answersHere = async (port: number) => {
  const found = new Set<string>();
  for (let i = 0; i < 12; i++) found.add(await fromHere(port));
  return [...found].sort();
};
const nodePort = async (name: string) => (await getJson(['-n', ns, 'get', 'service', name])).spec.ports[0].nodePort as number;
const patch = (name: string, spec: object) =>
  kubectl(['-n', ns, 'patch', 'service', name, '--type=merge', '-p', JSON.stringify({ spec })]);

test('calls are spread over the endpoints, or stay with one under session affinity, also at node ports', async () => {
  expect(await eventually(() => answers('plain'), 5)).toEqual(['a', 'b']);
  expect(await answersHere(await nodePort('plain'))).toEqual(['a', 'b']);
  expect(await answers('sticky')).toHaveLength(1);
  expect(await answersHere(await nodePort('sticky'))).toHaveLength(1);
  await patch('sticky', { sessionAffinity: 'None' });
  await eventually(async () => (await answers('sticky')).join() === 'a,b', 5);
  expect(await answersHere(await nodePort('sticky'))).toEqual(['a', 'b']);
});

test('several ports', async () => {
  expect(await answers('many')).toEqual(['a', 'b']);
  expect((await sh(wget('many:81'))).trim()).toBe('other');
});

test('an endpoint reaches its own service, external IPs lead to it, and a local policy stays on the node', async () => {
  const found = await sh(`for i in 1 2 3 4 5 6 7 8; do ${wget('plain')}; done`, 'web-a');
  expect(new Set(found.trim().split('\n'))).toEqual(new Set(['a', 'b']));
  expect(await answers('198.51.100.7:8088')).toEqual(['a', 'b']);
  expect(new Set((await sh(`for i in 1 2 3 4 5; do ${wget('near')}; done`, 'web-b')).trim().split('\n'))).toEqual(new Set(['b']));
  const { code } = await tryKubectl(['-n', ns, 'exec', 'client', '--', 'sh', '-c', wget('near')]);
  expect(code).not.toBe(0);
});

test('a service changes its type: ClusterIP, ExternalName, NodePort', async () => {
  await patch('changing', {
    type: 'ExternalName',
    externalName: `plain.${ns}.svc.cluster.local`,
    clusterIP: null,
    selector: null,
  });
  const alias = `nslookup -type=cname changing.${ns}.svc.cluster.local`;
  await eventually(async () => (await sh(alias)).includes(`= plain.${ns}.svc`), 5);
  await patch('changing', { type: 'NodePort', externalName: null, selector: { app: 'web' } });
  await eventually(async () => (await answers('changing')).join() === 'a,b', 10);
  expect(await answersHere(await nodePort('changing'))).toEqual(['a', 'b']);
});

test('names: SRV, PTR, hostname and subdomain, /etc/hosts, dnsConfig', async () => {
  const ip = (await getJson(['-n', ns, 'get', 'pod', 'web-a'])).status.podIP as string;
  const full = `first.named.${ns}.svc.cluster.local`;
  expect(await sh(`nslookup -type=a ${full}`)).toMatch(`Address: ${ip}`);
  expect(await sh(`nslookup -type=srv _http._tcp.named.${ns}.svc.cluster.local`)).toMatch(`8080 ${full}`);
  expect(await sh(`nslookup -type=ptr ${ip.split('.').reverse().join('.')}.in-addr.arpa`)).toMatch(full);
  expect(await sh('cat /etc/hosts', 'web-a')).toMatch(new RegExp(`^${ip}\\s+${full.replaceAll('.', '\\.')}\\s+first$`, 'm'));
  const resolv = await sh('cat /etc/resolv.conf');
  expect(resolv).toMatch(new RegExp(`^search ${ns}\\.svc\\.cluster\\.local .*extra\\.example$`, 'm'));
  expect(resolv).toMatch(/^options .*ndots:3/m);
});

test('hand-made Endpoints of a service without a selector; one port with two protocols', async () => {
  const ip = (await getJson(['-n', ns, 'get', 'pod', 'web-b'])).status.podIP as string;
  // Debian's busybox speaks no UDP, so the UDP endpoint is on this machine, beyond the nodes.
  const gateway = nodeIps[0]!.replace(/\.\d+$/, '.1');
  const server = createSocket('udp4').on('message', (text, from) => server.send(`echo ${text}`, from.port, from.address));
  const client = createSocket('udp4');
  try {
    await once(server.bind(0, gateway), 'listening');
    const subsets = [
      { addresses: [{ ip }], ports: [{ name: 't', port: 8080 }] },
      { addresses: [{ ip: gateway }], ports: [{ name: 'u', port: server.address().port, protocol: 'UDP' }] },
    ];
    const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'manual' }, subsets };
    await kubectl(['-n', ns, 'apply', '-f', '-'], `---\n${JSON.stringify(endpoints)}`);
    await eventually(async () => (await answers('manual')).join() === 'b', 10);
    const port = (await getJson(['-n', ns, 'get', 'service', 'manual'])).spec.ports[1].nodePort as number;
    const heard = once(client, 'message', { signal: AbortSignal.timeout(10_000) });
    client.send('hello', port, nodeIps[2]);
    expect(String((await heard)[0])).toBe('echo hello');
  } finally {
    client.close();
    server.close();
  }
});
