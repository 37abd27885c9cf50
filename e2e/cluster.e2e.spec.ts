import { readFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { getJson } from './lib/kubectl.ts';
import { windlass } from './lib/windlass.ts';

const { nodes, nodeIps, stateDir, upSeconds } = fixture();

test('three nodes are Ready', async () => {
  expect(nodes).toHaveLength(3);
  const { items } = await getJson(['get', 'nodes']);
  for (const node of items)
    expect(node.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'True', reason: 'KubeletReady' }),
    );
});

test('the example answers on the NodePort of every node within a minute of up', async () => {
  expect(upSeconds).toBeLessThan(60);
  for (const ip of nodeIps) {
    const response = await fetch(`http://${ip}:30080/cgi-bin/hello`, { signal: AbortSignal.timeout(5000) });
    expect(await response.text()).toMatch(/^Hello from hello-[a-z0-9-]+ on node-\d$/m);
  }
});

test('every replica takes its share of requests', async () => {
  const seen = new Set<string>();
  await eventually(async () => {
    const response = await fetch(`http://${nodeIps[0]}:30080/cgi-bin/hello`, { headers: { connection: 'close' } });
    seen.add(/from (\S+)/.exec(await response.text())![1]!);
    return seen.size === 3;
  }, 20);
});

test('windlass status names every process', async () => {
  const text = await windlass(['status', '--state-dir', stateDir]);
  for (const name of ['postgres', 'redis', 'api-server', 'controller-manager', 'scheduler', 'node-1-containerd', 'node-3-daemon'])
    expect(text).toMatch(new RegExp(`^${name} +pid \\d+`, 'm'));
  expect(text).toMatch(/^node node-2 +Ready$/m);
});

test('up on a running cluster changes nothing', async () => {
  const pid = readFileSync(path.join(stateDir, 'run/api-server.pid'), 'utf8');
  expect(await windlass(['up', '--state-dir', stateDir])).toMatch(/is running already/);
  expect(readFileSync(path.join(stateDir, 'run/api-server.pid'), 'utf8')).toBe(pid);
});
