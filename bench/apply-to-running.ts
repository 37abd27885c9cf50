// From the POST of a pod (image present) to its status Running in a watch, one pod at a time; then a batch at once; then exec round trips. With
// --cri SOCKET the runtime's own floor beside it, pod by pod in the same run, so that a loaded machine slows down both.
//   node bench/apply-to-running.ts KUBECONFIG [--count 30] [--together 50] [--cri SOCKET --cgroup PARENT]
import { parseArgs } from 'node:util';
import { createClient, loadKubeconfig } from '@windlass/client';
import type { Pod } from '@windlass/resources';
import { type CriSteps, criFloor } from './lib/cri-floor.ts';
import { execRoundTrip } from './lib/exec.ts';
import { percentile } from './lib/stats.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '30' },
    together: { type: 'string', default: '50' },
    cri: { type: 'string' },
    cgroup: { type: 'string', default: '/windlass-bench' },
  },
});
const [kubeconfig] = positionals;
if (!kubeconfig) throw new Error('usage: node bench/apply-to-running.ts KUBECONFIG [--count N] [--together N] [--cri SOCKET]');
const IMAGE = 'windlass.dev/busybox:1';
const client = createClient(kubeconfig);
const pods = client.resource<Pod>({ group: '', version: 'v1', resource: 'pods', namespaced: true, kind: 'Pod' });
const namespace = 'default';

/** When the watch showed each step of a pod. */
const STEPS = ['added', 'bound', 'address', 'running'] as const;
type Step = (typeof STEPS)[number];
const hasReached: Record<Step, (pod: Pod) => unknown> = {
  added: () => true,
  bound: ({ spec }) => spec.nodeName,
  address: ({ status }) => status?.podIP,
  running: ({ status }) => status?.phase === 'Running',
};
const seen = new Map<string, Partial<Record<Step, number>>>();
const waiting = new Map<string, () => void>();
const abort = new AbortController();
const { metadata } = await pods.list({ namespace });
void (async () => {
  for await (const events of pods.watch({ namespace, resourceVersion: metadata.resourceVersion, signal: abort.signal }))
    for (const { object } of events) {
      const pod = object as Pod;
      const times = seen.get(pod.metadata.name!);
      if (!times) continue;
      for (const step of STEPS) if (hasReached[step](pod)) times[step] ??= performance.now();
      if (times.running) waiting.get(pod.metadata.name!)?.();
    }
})().catch(() => {});

/** @returns ms from the request to each step */
async function run(name: string): Promise<Record<Step, number>> {
  const running = new Promise<void>((resolve) => waiting.set(name, resolve));
  const times: Partial<Record<Step, number>> = {};
  seen.set(name, times);
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
          image: IMAGE,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', '3600'],
          resources: { limits: { memory: '16Mi' } },
        },
      ],
    },
  } as Pod);
  await running;
  return Object.fromEntries(STEPS.map((step) => [step, (times[step] ?? times.running!) - started])) as Record<Step, number>;
}
const remove = (names: string[]) => Promise.all(names.map((name) => pods.delete({ name, namespace }, { gracePeriodSeconds: 0 })));

const p = (values: number[], at: number) => `${percentile(values, at).toFixed(0)} ms`;
const line = (what: string, values: number[]) =>
  console.log(`${what.padEnd(28)} p50 ${p(values, 50)}, p90 ${p(values, 90)}, p99 ${p(values, 99)} (${values.length})`);
const tag = Date.now().toString(36);
const single: Record<Step, number>[] = [];
const floor: CriSteps[] = [];
for (let i = 0; i < Number(options.count); i++) {
  single.push(await run(`bench-${tag}-${i}`));
  if (options.cri) floor.push(...(await criFloor(options.cri, IMAGE, options.cgroup, 1)));
}
const execs: number[] = [];
for (let i = 0; i < single.length; i++)
  execs.push(await execRoundTrip(loadKubeconfig(kubeconfig), namespace, `bench-${tag}-${i}`, ['true']));
// Not in between: a pod that ends costs the next one time.
await remove(single.map((_, i) => `bench-${tag}-${i}`));
line(
  'create to Running',
  single.map(({ running }) => running),
);
for (const [index, step] of STEPS.entries())
  line(
    `  ${step}`,
    single.map((times) => times[step] - (index > 0 ? times[STEPS[index - 1]!] : 0)),
  );
line('exec round trip', execs);
if (floor.length > 0) {
  line(
    'CRI alone',
    floor.map(({ sandbox, create, start }) => sandbox + create + start),
  );
  for (const step of ['sandbox', 'create', 'start'] as const)
    line(
      `  ${step}`,
      floor.map((each) => each[step]),
    );
}
const names = Array.from({ length: Number(options.together) }, (_, i) => `bench-${tag}-all-${i}`);
const started = performance.now();
const together = await Promise.all(names.map(run));
line(
  `${names.length} at once, all after ${((performance.now() - started) / 1000).toFixed(1)} s`,
  together.map(({ running }) => running),
);
await remove(names);
abort.abort();
client.close();
