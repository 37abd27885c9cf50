import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Node, Pod } from '@windlass/resources';
import { BUSYBOX, KEEPS_RUNNING, PODS, startTestNode, type TestNode } from '../testing/test-node.ts';

const NODES = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false };
const MIRROR = 'kubernetes.io/config.mirror';

let node: TestNode;
let directory: string;
beforeAll(async () => {
  node = await startTestNode(16, { kubelet: { shutdownGracePeriod: '8s', shutdownGracePeriodCriticalPods: '4s' } });
  directory = path.join(node.config.stateDir, 'manifests');
  await mkdir(directory);
  await node.restart();
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const manifest = (text: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'fixed', labels: { version: text } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        { name: 'c', image: BUSYBOX, command: ['sh', '-c', `echo ${text}; trap "exit 0" TERM; while :; do sleep 0.1; done`] },
      ],
    },
  });
const file = () => path.join(directory, 'fixed.yaml');
const name = () => `fixed-${node.config.nodeName}`;
const log = () =>
  node.api.admin.request<string>({ method: 'GET', path: `/api/v1/namespaces/default/pods/${name()}/log`, accept: '*/*' });
const eventually = async (check: () => Promise<unknown>) => {
  for (const deadline = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const found = await check().catch(() => undefined);
    if (found) return found;
    if (Date.now() > deadline) throw new Error('not in time');
  }
};
const shown = () => node.get(name()).catch(() => undefined);
const runs = (text: string) =>
  eventually(async () => {
    const pod = await shown();
    return pod?.metadata.labels?.version === text && pod.status?.phase === 'Running' && pod;
  }) as Promise<Pod>;

test('a manifest becomes a pod with a mirror; a change replaces it, a deleted mirror comes back, its end ends both', async () => {
  await writeFile(file(), manifest('one'));
  const pod = await runs('one');
  const owner = await node.api.admin.resource<Node>(NODES).get({ name: node.config.nodeName });
  expect(pod.metadata.ownerReferences).toEqual([
    { apiVersion: 'v1', kind: 'Node', name: owner.metadata.name, uid: owner.metadata.uid, controller: true },
  ]);
  const hash = pod.metadata.annotations?.[MIRROR];
  expect(pod.metadata.annotations).toMatchObject({ 'kubernetes.io/config.hash': hash, 'kubernetes.io/config.source': 'file' });
  expect(hash).not.toBe(pod.metadata.uid);
  expect(await log()).toBe('one\n');
  expect(await node.exec(name(), 'echo inside')).toBe('inside\n');
  const container = pod.status?.containerStatuses?.[0]?.containerID;

  await node.api.admin.resource<Pod>(PODS).delete({ name: name(), namespace: 'default' });
  const again = (await eventually(async () => {
    const found = await runs('one');
    return found.metadata.uid !== pod.metadata.uid && found;
  })) as Pod;
  expect(again.status?.containerStatuses?.[0]).toMatchObject({ containerID: container, restartCount: 0 });

  await writeFile(file(), manifest('two'));
  const changed = await runs('two');
  expect(changed.metadata.annotations?.[MIRROR]).not.toBe(hash);
  expect(await log()).toBe('two\n');

  await writeFile(path.join(directory, 'wrong.yaml'), 'kind: Nothing');
  await rm(file());
  await eventually(async () => !(await shown()));
}, 90_000);

test('the node shuts down: pods by priority, Failed with the reason; static pods go on after it', async () => {
  await writeFile(file(), manifest('three'));
  await runs('three');
  const keep = { name: 'c', image: BUSYBOX, command: KEEPS_RUNNING };
  await node.create('normal', { containers: [keep] });
  await node.create('done', { restartPolicy: 'Never', containers: [{ name: 'c', image: BUSYBOX, command: ['true'] }] });
  await node.running('normal');
  await node.until('done', ({ status }) => status?.phase === 'Succeeded');
  await node.restart();
  const { status } = await node.get('normal');
  const message = 'Pod was terminated in response to imminent node shutdown.';
  expect(status).toMatchObject({ phase: 'Failed', reason: 'Terminated', message });
  expect(status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message }),
  );
  expect((await node.get('done')).status).toMatchObject({ phase: 'Succeeded' });
  expect((await node.get('done')).status?.reason).toBeUndefined();
  await runs('three');
}, 90_000);
