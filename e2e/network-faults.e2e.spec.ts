import { execFileSync } from 'node:child_process';
import { machineNames } from '@windlass/host';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

let ns: string;
const { name, nodes, nodeIps } = fixture();
const onFirstNode = (...command: string[]) =>
  execFileSync('ip', ['netns', 'exec', machineNames(name).namespace(nodes[0]!), ...command], {
    encoding: 'utf8',
    timeout: 10_000,
    env: process.env,
  });

beforeAll(async () => {
  ns = await makeNamespace('faults');
  await kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    `
apiVersion: v1
kind: Pod
metadata: { name: server, labels: { app: server } }
spec:
  nodeName: ${nodes[1]}
  terminationGracePeriodSeconds: 0
  containers: [{ name: c, image: "windlass.dev/busybox:1", command: [sh, -c, "mkdir /w; echo here > /w/index.html; exec httpd -f -p 8080 -h /w"] }]
---
apiVersion: v1
kind: Service
metadata: { name: server }
spec: { type: NodePort, selector: { app: server }, ports: [{ port: 80, targetPort: 8080 }] }
`,
  );
  await kubectl(['-n', ns, 'wait', 'pod/server', '--for=condition=Ready', '--timeout=60s'], undefined, 70_000);
});
afterAll(() => dropNamespace(ns));

/** Through the first node's service table and overlay to a pod on the second. */
const answer = async () => {
  const { nodePort } = (await getJson(['-n', ns, 'get', 'service', 'server'])).spec.ports[0];
  return (await (await fetch(`http://${nodeIps[0]}:${nodePort}/`, { signal: AbortSignal.timeout(1000) })).text()).trim();
};

test.each([
  ['the service table is flushed', () => onFirstNode('nft', 'flush', 'table', 'ip', 'windlass')],
  ['the service table is deleted', () => onFirstNode('nft', 'delete', 'table', 'ip', 'windlass')],
  ['the VXLAN device is deleted', () => onFirstNode('ip', 'link', 'delete', 'wl-vxlan')],
])('%s: put right', async (_, harm) => {
  expect(await eventually(answer, 10)).toBe('here');
  harm();
  // Five seconds on a quiet machine; slower ones get more.
  expect(await eventually(answer, 20)).toBe('here');
});
