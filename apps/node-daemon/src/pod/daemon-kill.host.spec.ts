import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Cgroup, CriClient, cgroupMounts, mountPointsBelow } from '@windlass/host';
import { sleep } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import { Random } from '@windlass/testkit';
import { type DaemonProcess, startDaemonProcess } from '../testing/daemon-process.ts';
import { BUSYBOX, CONFIG_MAPS, PODS, startTestNode, type TestNode } from '../testing/test-node.ts';

/** `npm run soak:node` kills 100 times; KILL_SEED repeats a run. */
const KILLS = Number(process.env.KILLS ?? 6);
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const dice = new Random(SEED);
const random = () => dice.next();
const STAY = 6;
const ONCE = 5;
const CHURN = 9;

const proof = mkdtempSync('/tmp/wlnd-proof-');
let daemon: DaemonProcess;
let node: TestNode;
beforeAll(async () => {
  node = await startTestNode(25, { staleNetworkSeconds: 20 }, async (config) => {
    daemon = await startDaemonProcess(config);
    return daemon;
  });
  await node.api.admin.resource(CONFIG_MAPS).create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'data', namespace: 'default' },
    data: { key: 'value' },
  } as never);
}, 90_000);
afterAll(async () => {
  await node?.stop();
  rmSync(proof, { recursive: true, force: true });
}, 90_000);

const sh = (name: string, script: string, more: object = {}) => ({
  name,
  image: BUSYBOX,
  command: ['sh', '-c', script],
  ...more,
});
const stays = 'trap "exit 0" TERM; while :; do sleep 0.2; done';
const volumes = [
  { name: 'memory', emptyDir: { medium: 'Memory' } },
  { name: 'data', configMap: { name: 'data' } },
  { name: 'proof', hostPath: { path: proof } },
];
const mounts = (name: string) => ({
  volumeMounts: [
    { name: 'memory', mountPath: '/memory' },
    { name: 'data', mountPath: '/data' },
    { name: 'proof', mountPath: '/proof' },
    { name: 'memory', mountPath: '/sub', subPath: name },
  ],
});

const staying = (name: string) =>
  node.create(name, {
    volumes,
    initContainers: [
      sh('init', `echo ${name} >> /proof/${name}.init`, mounts(name)),
      sh('side', stays, { restartPolicy: 'Always' }),
    ],
    containers: [sh('c', `echo ${name} >> /proof/${name}; ${stays}`, mounts(name))],
  });
const once = (name: string) =>
  node.create(name, {
    restartPolicy: 'Never',
    volumes,
    containers: [sh('c', `echo ${name} >> /proof/${name}; sleep ${2 * random()}`, mounts(name))],
  });

const pods = () => node.api.admin.resource<Pod>(PODS).list({ namespace: 'default' });
const lines = (name: string): number =>
  existsSync(path.join(proof, name)) ? readFileSync(path.join(proof, name), 'utf8').trim().split('\n').length : 0;

/** Pods that come and go in all their states, until `over`. */
async function churn(lane: number, over: () => boolean): Promise<void> {
  for (let i = 0; !over(); i++) {
    const name = `churn-${lane}-${i}`;
    await (random() < 0.5 ? staying(name) : once(name));
    await sleep(1500 * random());
    await node.api.admin
      .resource<Pod>(PODS)
      .delete({ name, namespace: 'default' }, { gracePeriodSeconds: random() < 0.3 ? 0 : 1 });
    const isThere = () =>
      node.get(name).then(
        () => true,
        () => false,
      );
    while (await isThere()) await sleep(100);
  }
}

async function eventually(what: string, holds: () => Promise<unknown> | unknown, seconds = 60): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; ; await sleep(200)) {
    const problem = await holds();
    if (!problem || (Array.isArray(problem) && problem.length === 0)) return;
    if (Date.now() > deadline) throw new Error(`seed ${SEED}: ${what}: ${JSON.stringify(problem)}`);
  }
}

test(
  `a daemon that is killed ${KILLS} times at random moments loses and leaks nothing`,
  async () => {
    const names = Array.from({ length: STAY }, (_, i) => `stay-${i}`);
    const ends = Array.from({ length: ONCE }, (_, i) => `once-${i}`);
    for (const name of names) await staying(name);
    for (const name of ends) await once(name);
    let over = false;
    const lanes = Promise.all(Array.from({ length: CHURN }, (_, lane) => churn(lane, () => over)));
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(1000 + 3000 * random());
      await daemon.kill();
      await node.restart();
    }
    over = true;
    await lanes;

    await eventually('all that stays runs', async () =>
      (await pods()).items
        .filter(({ metadata, status }) => names.includes(metadata.name!) && status?.phase !== 'Running')
        .map(({ status }) => status),
    );
    await eventually('all that runs once has ended', async () =>
      (await pods()).items
        .filter(({ metadata, status }) => ends.includes(metadata.name!) && status?.phase !== 'Succeeded')
        .map(({ status }) => status),
    );
    await eventually('what was deleted is gone', async () =>
      (await pods()).items.map(({ metadata }) => metadata.name).filter((name) => name?.startsWith('churn')),
    );

    // The runtime says "running" a moment before the first command has run.
    await eventually('all that runs has written', () => [...names, ...ends].filter((name) => lines(name) === 0));
    // Each container began once. At a kill, the runtime ends the one it is just starting, which may have run for a moment, and it is begun anew.
    const begun = [...names, ...ends, ...names.map((name) => `${name}.init`)].map((name) => [name, lines(name)] as const);
    const again = begun.filter(([, count]) => count > 1);
    if (begun.some(([, count]) => count > 2) || again.length > KILLS) throw new Error(`seed ${SEED}: begun again: ${again}`);
    expect(begun.filter(([, count]) => count === 0)).toEqual([]);
    const cri = new CriClient(node.config.containerdSocket);
    const { items } = await pods();
    const uids = new Set(items.map(({ metadata }) => metadata.uid!));
    for (const { metadata, status } of items)
      for (const each of status?.containerStatuses ?? [])
        expect([metadata.name, each.name, each.restartCount]).toEqual([metadata.name, each.name, 0]);
    await eventually('no sandbox and no container of others', async () => {
      const sandboxes = await cri.listPodSandboxes();
      const containers = await cri.listContainers();
      const strange = [...sandboxes, ...containers].filter(({ labels }) => !uids.has(labels['io.kubernetes.pod.uid']!));
      const running = containers.filter(({ state }) => state === 'CONTAINER_RUNNING').length;
      const ready = sandboxes.filter(({ state }) => state === 'SANDBOX_READY').length;
      return strange.length > 0 || running !== 2 * STAY || ready !== STAY ? { strange, running, ready } : undefined;
    });
    cri.close();
    await eventually(
      'no cgroup, directory or mount of others',
      async () => {
        const groups = new Cgroup(node.config.cgroupRoot!, cgroupMounts()).children().filter((name) => name.startsWith('pod'));
        const directories = readdirSync(path.join(node.config.stateDir, 'pods'));
        const mounted = (await mountPointsBelow(path.join(node.config.stateDir, 'pods'))).map(
          (point) => point.split('/pods/')[1]!.split('/')[0]!,
        );
        const strange = [...groups.map((name) => name.slice(3)), ...directories, ...mounted].filter((uid) => !uids.has(uid));
        return strange.length > 0 ? strange : undefined;
      },
      100,
    );
    // A sandbox whose stop a kill has cut off keeps its network until it is removed.
    for (const name of [...names, ...ends]) await node.delete(name, 0);
    const base = path.dirname(node.config.stateDir);
    await eventually(
      'no network namespace and address without a sandbox',
      async () => {
        const spaces = (await mountPointsBelow(path.join(base, 'c'))).filter((point) => /\/netns\//.test(point));
        const addresses = readdirSync(path.join(base, 'leases/windlass')).filter((name) => /^\d+\./.test(name));
        return [...spaces, ...addresses];
      },
      150,
    );
  },
  240_000 + KILLS * 15_000,
);
