import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, makeNamespace } from './lib/kubectl.ts';

const { stateDir, kubeconfig } = fixture();
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const pidOf = (name: string) => Number(readFileSync(path.join(stateDir, `run/${name}.pid`), 'utf8').split(/\s/)[0]);
const PARTS = ['api-server', 'controller-manager', 'scheduler', 'node-1-daemon', 'redis', 'postgres'];
const PODS = 12;

/** Empties the queue over and over. @returns what ends it */
function flushQueue(): () => void {
  const socket = path.join(stateDir, 'redis/redis.sock');
  // Redis is one of the parts that are killed: a refused connection is part of the game.
  const flush = () => void execFile('redis-cli', ['-s', socket, 'flushall'], { timeout: 1000 }, () => {});
  const timer = setInterval(flush, 200);
  return () => clearInterval(timer);
}

describe.each([
  ['is kept', () => () => {}],
  ['is flushed five times a second', flushQueue],
])('the queue %s', (_, disturb) => {
  let ns: string;
  let undisturb: () => void;

  beforeAll(async () => {
    ns = await makeNamespace('crash');
    undisturb = disturb();
  });
  afterAll(async () => {
    undisturb();
    await dropNamespace(ns);
  });

  test('kill -9 of every part under a stream of 500 creates loses nothing that was acknowledged and restarts no container', async () => {
    const before = (await getJson(['-n', 'default', 'get', 'pods', '-l', 'app=hello'])).items;
    const acknowledged = new Set<string>();
    let killing = true;
    const stream = async (lane: number) => {
      for (let i = lane; i < 500; i += 5) {
        const name = `c-${i}`;
        // What was not acknowledged may or may not have been written: it is tried again.
        for (;;) {
          try {
            await core.createNamespacedConfigMap({ namespace: ns, body: { metadata: { name }, data: { i: String(i) } } });
            acknowledged.add(name);
          } catch (error) {
            if ((error as { code?: number }).code !== 409) {
              await pause(100);
              continue;
            }
          }
          break;
        }
        if (killing) await pause(50);
      }
    };
    const streams = Array.from({ length: 5 }, (_, lane) => stream(lane));
    const pods = (async () => {
      for (let i = 0; i < PODS; i++) {
        const body = {
          metadata: { name: `p-${i}` },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [{ name: 'c', image: 'windlass.dev/busybox:1', command: ['sleep', '3600'] }],
          },
        };
        for (;;) {
          const code = await core.createNamespacedPod({ namespace: ns, body }).then(
            () => 201,
            (error: { code?: number }) => error.code,
          );
          if (code === 201 || code === 409) break;
          await pause(200);
        }
        await pause(400);
      }
    })();
    for (const part of PARTS) {
      process.kill(pidOf(part), 'SIGKILL');
      await pause(1000);
    }
    killing = false;
    await Promise.all([...streams, pods]);
    const names = new Set((await core.listNamespacedConfigMap({ namespace: ns })).items.map((item) => item.metadata!.name!));
    expect([...acknowledged].filter((name) => !names.has(name))).toEqual([]);
    await eventually(async () => {
      const { items } = await core.listNamespacedPod({ namespace: ns });
      return items.filter((pod) => pod.status?.phase === 'Running').length === PODS;
    }, 90);
    const after = (await getJson(['-n', 'default', 'get', 'pods', '-l', 'app=hello'])).items;
    const started = (
      items: { metadata: { uid: string }; status: { containerStatuses: { containerID: string; restartCount: number }[] } }[],
    ) =>
      items
        .map(({ metadata, status }) => [
          metadata.uid,
          status.containerStatuses[0]!.containerID,
          status.containerStatuses[0]!.restartCount,
        ])
        .sort();
    expect(started(after)).toEqual(started(before));
  }, 240_000);
});
