import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

let ns: string;
const { nodes, nodeIps } = fixture();
const service = (name: string, spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { type: LoadBalancer, selector: { app: server }, ports: [{ port: 80, targetPort: 8080 }], ${spec} }
---
`;

beforeAll(async () => {
  ns = await makeNamespace('balancer');
  const manifest = String.raw`
apiVersion: v1
kind: Pod
metadata: { name: server, labels: { app: server } }
spec:
  nodeName: ${nodes[1]}
  terminationGracePeriodSeconds: 0
  containers:
    - name: c
      image: windlass.dev/busybox:1
      command: [sh, -c, "mkdir -p /w/cgi-bin; echo \"$SCRIPT\" > /w/cgi-bin/from; chmod +x /w/cgi-bin/from; exec httpd -f -p 8080 -h /w"]
      env:
        - name: SCRIPT
          value: |
            #!/bin/sh
            printf 'Content-Type: text/plain\r\n\r\n'
            echo $REMOTE_ADDR
---
`;
  const services =
    service('open', 'allocateLoadBalancerNodePorts: false') +
    service('local', 'externalTrafficPolicy: Local') +
    service('closed', 'loadBalancerSourceRanges: ["192.0.2.0/24"]');
  await kubectl(['-n', ns, 'apply', '-f', '-'], manifest + services);
  await kubectl(['-n', ns, 'wait', 'pod', '--all', '--for=condition=Ready', '--timeout=60s'], undefined, 70_000);
});
afterAll(() => dropNamespace(ns));

const addressOf = (name: string) =>
  eventually(async () => {
    const { status } = await getJson(['-n', ns, 'get', 'service', name]);
    const [ingress] = status.loadBalancer.ingress;
    expect(ingress.ipMode).toBe('VIP');
    return ingress.ip as string;
  }, 10);
const ask = async (ip: string) =>
  (await (await fetch(`http://${ip}/cgi-bin/from`, { signal: AbortSignal.timeout(2000) })).text()).trim();

test('a load balancer address answers from outside the cluster, without node ports', async () => {
  const ip = await addressOf('open');
  expect(await eventually(() => ask(ip), 15)).toMatch(/\d+(\.\d+){3}/);
  expect((await getJson(['-n', ns, 'get', 'service', 'open'])).spec.ports[0].nodePort).toBeUndefined();
});

test('a local policy keeps the address of the client, and its health check tells nodes apart', async () => {
  const ip = await addressOf('local');
  const gateway = nodeIps[0]!.replace(/\.\d+$/, '.1');
  expect(await eventually(() => ask(ip), 15)).toContain(gateway);
  const { healthCheckNodePort } = (await getJson(['-n', ns, 'get', 'service', 'local'])).spec;
  const health = await Promise.all(
    nodeIps.map(async (node) =>
      (await fetch(`http://${node}:${healthCheckNodePort}/`, { signal: AbortSignal.timeout(2000) })).json(),
    ),
  );
  expect(health).toEqual(
    nodes.map((_, i) => ({
      service: { namespace: ns, name: 'local' },
      localEndpoints: i === 1 ? 1 : 0,
      serviceProxyHealthy: true,
    })),
  );
});

test('clients outside the source ranges get no answer', async () => {
  const ip = await addressOf('closed');
  await expect(ask(ip)).rejects.toThrow(/timeout|failed/i);
});
