import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { machineNames } from '@windlass/host';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

let ns: string;
const { name, nodes, nodeIps, stateDir } = fixture();
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
  containers: [{ name: c, image: "windlass.dev/busybox:1", command: [sh, -c, "mkdir /w; echo here > /w/index.html; nc -ll -p 9000 -e cat & exec httpd -f -p 8080 -h /w"] }]
---
apiVersion: v1
kind: Service
metadata: { name: server }
spec: { type: NodePort, selector: { app: server }, ports: [{ name: http, port: 80, targetPort: 8080 }, { name: echo, port: 9000 }] }
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

/** A connection on which everything that is said comes back. */
async function conversation(port: number) {
  const socket = connect({ host: nodeIps[0], port });
  let heard = '';
  let ended = false;
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  socket
    .on('error', () => socket.destroy())
    .on('close', () => {
      ended = true;
    });
  return {
    async echo(word: string) {
      socket.write(`${word}\n`);
      await eventually(() => {
        if (ended) throw new Error('the connection ended');
        return heard.includes(`${word}\n`);
      }, 30);
    },
    close: () => socket.destroy(),
  };
}

test('an established connection lives through a killed daemon, a flushed table, and the absence of its node', async () => {
  const { nodePort } = (await getJson(['-n', ns, 'get', 'service', 'server'])).spec.ports[1];
  expect(await eventually(answer, 20)).toBe('here');
  const talk = await conversation(nodePort);
  try {
    await talk.echo('hello');
    const daemon = Number(readFileSync(path.join(stateDir, `run/${nodes[0]}-daemon.pid`), 'utf8').split(/\s/)[0]);
    process.kill(daemon, 'SIGKILL');
    onFirstNode('nft', 'flush', 'table', 'ip', 'windlass');
    await talk.echo('no daemon and no rules');
    expect(await eventually(answer, 30)).toBe('here');
    await talk.echo('rules again');
    const link = machineNames(name).link(nodes[1]!);
    execFileSync('ip', ['link', 'set', link, 'down'], { env: process.env });
    await expect(answer()).rejects.toThrow();
    execFileSync('ip', ['link', 'set', link, 'up'], { env: process.env });
    await talk.echo('node is back');
    expect(await eventually(answer, 30)).toBe('here');
  } finally {
    execFileSync('ip', ['link', 'set', machineNames(name).link(nodes[1]!), 'up'], { env: process.env });
    talk.close();
  }
}, 150_000);
