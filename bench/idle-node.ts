// What a node daemon needs with many pods that do nothing: resident memory, and CPU over a while, in % of one core.
//   node bench/idle-node.ts KUBECONFIG PID-OF-DAEMON [--pods 110] [--seconds 60] [--keep]
import { parseArgs } from 'node:util';
import { createClient } from '@windlass/client';
import type { Pod } from '@windlass/resources';
import { cpuSecondsOf, residentMiB } from './lib/stats.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pods: { type: 'string', default: '110' },
    seconds: { type: 'string', default: '60' },
    keep: { type: 'boolean', default: false },
  },
});
const [kubeconfig, pidText] = positionals;
const pid = Number(pidText);
if (!kubeconfig || !pid) throw new Error('usage: node bench/idle-node.ts KUBECONFIG PID [--pods N] [--seconds N] [--keep]');
const client = createClient(kubeconfig);
const pods = client.resource<Pod>({ group: '', version: 'v1', resource: 'pods', namespaced: true, kind: 'Pod' });
const namespace = 'default';
const labels = { bench: 'idle-node' };
const selector = { namespace, labelSelector: 'bench=idle-node' };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const count = Number(options.pods);
const started = performance.now();
for (let i = 0; i < count; i++)
  await pods.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `idle-${i}`, namespace, labels },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        { name: 'c', image: 'windlass.dev/busybox:1', command: ['sleep', '86400'], resources: { limits: { memory: '16Mi' } } },
      ],
    },
  } as Pod);
for (let running = 0; running < count; await wait(500))
  running = (await pods.list(selector)).items.filter(({ status }) => status?.phase === 'Running').length;
console.log(`${count} pods Running after ${((performance.now() - started) / 1000).toFixed(1)} s`);
await wait(15_000);
const before = cpuSecondsOf(pid);
const seconds = Number(options.seconds);
await wait(seconds * 1000);
const percent = ((cpuSecondsOf(pid) - before) * 100) / seconds;
console.log(`idle: ${percent.toFixed(1)} % of a core over ${seconds} s, ${residentMiB([pid]).toFixed(0)} MiB resident`);
if (!options.keep) {
  await Promise.all(
    Array.from({ length: count }, (_, i) => pods.delete({ name: `idle-${i}`, namespace }, { gracePeriodSeconds: 0 })),
  );
}
client.close();
