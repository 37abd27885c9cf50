// From the POST of a pod (image present) to its status Running in a watch, one pod at a time; then a batch at once.
//   node bench/apply-to-running.ts KUBECONFIG [--count 30]
import { createClient } from '@windlass/client';
import type { Pod } from '@windlass/resources';
import { percentile } from './lib/stats.ts';

const [kubeconfig] = process.argv.slice(2);
const countAt = process.argv.indexOf('--count');
const count = countAt > 0 ? Number(process.argv[countAt + 1]) : 30;
if (!kubeconfig) throw new Error('usage: node bench/apply-to-running.ts KUBECONFIG [--count N]');
const client = createClient(kubeconfig);
const pods = client.resource<Pod>({ group: '', version: 'v1', resource: 'pods', namespaced: true, kind: 'Pod' });
const namespace = 'default';
const waiting = new Map<string, (at: number) => void>();
const abort = new AbortController();
const { metadata } = await pods.list({ namespace });
void (async () => {
  for await (const events of pods.watch({ namespace, resourceVersion: metadata.resourceVersion, signal: abort.signal }))
    for (const event of events) {
      const pod = event.object as Pod;
      if (pod.status?.phase === 'Running') waiting.get(pod.metadata.name!)?.(performance.now());
    }
})().catch(() => {});

async function run(name: string): Promise<number> {
  const running = new Promise<number>((resolve) => waiting.set(name, resolve));
  const started = performance.now();
  await pods.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      restartPolicy: 'Always',
      containers: [
        {
          name: 'c',
          image: 'windlass.dev/busybox:1',
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', '3600'],
          resources: { limits: { memory: '16Mi' } },
        },
      ],
    },
  } as Pod);
  return (await running) - started;
}
const remove = (names: string[]) => Promise.all(names.map((name) => pods.delete({ name, namespace }, { gracePeriodSeconds: 0 })));

const tag = Date.now().toString(36);
const single: number[] = [];
for (let i = 0; i < count; i++) {
  single.push(await run(`bench-${tag}-${i}`));
  await remove([`bench-${tag}-${i}`]);
}
const p = (values: number[], at: number) => `${percentile(values, at).toFixed(0)} ms`;
console.log(`one at a time: p50 ${p(single, 50)}, p90 ${p(single, 90)}, p99 ${p(single, 99)} (${count} pods)`);
const names = Array.from({ length: 20 }, (_, i) => `bench-${tag}-all-${i}`);
const started = performance.now();
const together = await Promise.all(names.map(run));
console.log(`20 at once: p50 ${p(together, 50)}, all after ${(performance.now() - started).toFixed(0)} ms`);
await remove(names);
abort.abort();
client.close();
