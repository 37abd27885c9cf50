// Pods per second from their POST to their binding, on nodes that are objects only; the whole way: API server, watch, placement, binding.
//   node bench/schedule.ts KUBECONFIG [--nodes 100] [--pods 1000] [--connections 64] [--kind plain|spread|affinity]
// Run it beside the real kube-scheduler on the same machine, one after the other. Nodes without kubelets count as gone after 40 s.
import { parseArgs } from 'node:util';
import { createClient, loadKubeconfig } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import { parallel, percentile } from './lib/stats.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '100' },
    pods: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '64' },
    kind: { type: 'string', default: 'plain' },
  },
});
const [kubeconfig] = positionals;
if (!kubeconfig)
  throw new Error('usage: node bench/schedule.ts KUBECONFIG [--nodes N] [--pods N] [--connections N] [--kind KIND]');
const namespace = `bench-${Date.now().toString(36)}`;
const labels = { app: namespace };
const labelSelector = { matchLabels: labels };
/** What the scheduler has to think about. */
const KINDS: Record<string, object> = {
  plain: {},
  spread: { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector }] },
  affinity: {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector } },
        ],
      },
    },
  },
};
const kind = KINDS[options.kind];
if (!kind) throw new Error(`--kind ${options.kind}: one of ${Object.keys(KINDS)}`);

const lanes = Number(options.connections);
const client = createClient(loadKubeconfig(kubeconfig), { maxSockets: lanes });
const ref = (resource: string, kindName: string, namespaced: boolean) => ({
  group: '',
  version: 'v1',
  resource,
  kind: kindName,
  namespaced,
});
const nodes = client.resource(ref('nodes', 'Node', false));
const pods = client.resource<Pod>(ref('pods', 'Pod', true));

await client.resource(ref('namespaces', 'Namespace', false)).create({ metadata: { name: namespace } } as AnyObject);
const account = client.resource(ref('serviceaccounts', 'ServiceAccount', true));
await account.create({ metadata: { name: 'default', namespace } } as AnyObject).catch(() => {});
const nodeName = (index: number) => `${namespace}-${index}`;
const nodeCount = Number(options.nodes);
await parallel(nodeCount, lanes, async (index) => {
  const name = nodeName(index);
  await nodes.create({
    metadata: { name, labels: { 'kubernetes.io/hostname': name, zone: `z${index % 3}`, bench: namespace } },
  } as AnyObject);
  const amounts = { cpu: '32', memory: '64Gi', pods: '250' };
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString(), reason: 'Bench' }];
  await nodes.patch({ name }, { status: { allocatable: amounts, capacity: amounts, conditions } }, { subresource: 'status' });
  await nodes.patch({ name }, { spec: { taints: null } });
});

const podCount = Number(options.pods);
const created = new Map<string, number>();
const bound = new Map<string, number>();
const all = Promise.withResolvers<void>();
const abort = new AbortController();
const { metadata } = await pods.list({ namespace });
void (async () => {
  for await (const events of pods.watch({ namespace, resourceVersion: metadata.resourceVersion, signal: abort.signal }))
    for (const { object } of events) {
      const name = object.metadata.name!;
      if (!(object as Pod).spec?.nodeName || bound.has(name)) continue;
      bound.set(name, performance.now());
      if (bound.size === podCount) all.resolve();
    }
})().catch(all.reject);

const started = performance.now();
await parallel(podCount, lanes, async (index) => {
  const name = `p-${index}`;
  created.set(name, performance.now());
  await pods.create({
    metadata: { name, namespace, labels },
    spec: {
      nodeSelector: { bench: namespace },
      containers: [{ name: 'c', image: 'example.com/none:1', resources: { requests: { cpu: '100m', memory: '100Mi' } } }],
      ...kind,
    },
  } as Pod);
});
const posted = performance.now();
await all.promise;
const ended = performance.now();
const waits = [...bound].map(([name, at]) => at - created.get(name)!);
const seconds = (ended - started) / 1000;
console.log(
  `${options.kind}: ${podCount} pods on ${nodeCount} nodes: created in ${((posted - started) / 1000).toFixed(2)} s, all bound after ${seconds.toFixed(2)} s ` +
    `(${(podCount / seconds).toFixed(0)}/s), POST to bound p50 ${percentile(waits, 50).toFixed(0)} ms, p99 ${percentile(waits, 99).toFixed(0)} ms`,
);
abort.abort();
await parallel(podCount, lanes, async (index) => {
  await pods.delete({ name: `p-${index}`, namespace }, { gracePeriodSeconds: 0 }).catch(() => {});
});
await parallel(nodeCount, lanes, async (index) => {
  await nodes.delete({ name: nodeName(index) }).catch(() => {});
});
await client.resource(ref('namespaces', 'Namespace', false)).delete({ name: namespace });
client.close();
