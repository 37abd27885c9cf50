import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CriClient, mountPointsBelow, run } from '@windlass/host';
import { createLogger } from '@windlass/platform';
import { BUSYBOX, startTestNode, type TestNode } from '../testing/test-node.ts';
import { StaleNetworks } from './stale-networks.ts';

let node: TestNode;
let cri: CriClient;
beforeAll(async () => {
  node = await startTestNode(27);
  cri = new CriClient(node.config.containerdSocket);
}, 60_000);
afterAll(async () => {
  cri?.close();
  await node?.stop();
}, 60_000);

test('what no sandbox has is taken back after its time, what a pod uses stays', async () => {
  await node.create('stays', { containers: [{ name: 'c', image: BUSYBOX, command: ['sleep', '1000'] }] });
  await node.running('stays');
  const spaces = path.join((await cri.stateDirectory())!, 'netns');
  const leases = path.join(path.dirname(node.config.stateDir), 'leases/windlass');
  const addresses = () => readdirSync(leases).filter((name) => /^\d+\./.test(name));
  const before = { spaces: await mountPointsBelow(spaces), addresses: addresses() };
  expect([before.spaces.length, before.addresses.length]).toEqual([1, 1]);

  const space = path.join(spaces, 'cni-left-behind');
  writeFileSync(space, '');
  await run('unshare', [`--net=${space}`, 'true']);
  writeFileSync(path.join(leases, '10.199.27.200'), 'no-such-sandbox\r\neth0');
  const now = async () => ({ spaces: await mountPointsBelow(spaces), addresses: addresses() });
  const both = await now();
  expect([both.spaces.length, both.addresses.length]).toEqual([2, 2]);

  const networks = new StaleNetworks(cri, node.config.cniConfDir, 10, createLogger('test', 'silent'));
  await networks.sweep(0);
  await networks.sweep(9_999);
  expect(await now()).toEqual(both);
  await networks.sweep(10_000);
  expect(await now()).toEqual(before);
  expect(existsSync(space)).toBe(false);
}, 60_000);
