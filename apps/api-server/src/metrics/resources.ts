import type { RequestContext, ResourceReader, VirtualResource } from '@windlass/apiserver';
import { type AnyObject, formatDuration, formatTime, notFound, type ResourceDefinition } from '@windlass/meta';
import type { Usage } from './usage.ts';
import type { UsageStore } from './usage-store.ts';

const GROUP = 'metrics.k8s.io';
const base = { group: GROUP, version: 'v1beta1', verbs: ['get', 'list'] as const };
const column = (name: string, cell: (object: AnyObject) => string) => ({ name, type: 'string' as const, cell });
const nameColumn = { ...column('Name', ({ metadata }) => metadata.name ?? ''), format: 'name' };

/** NodeMetrics as metrics-server serves them. */
export const nodeMetricsDefinition: ResourceDefinition = {
  ...base,
  kind: 'NodeMetrics',
  scope: 'Cluster',
  names: { plural: 'nodes', singular: '' },
  schema: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics',
  columns: [
    nameColumn,
    column('cpu', ({ usage }) => usage.cpu),
    column('memory', ({ usage }) => usage.memory),
    column('Window', ({ window }) => window),
  ],
};

/** PodMetrics as metrics-server serves them. */
export const podMetricsDefinition: ResourceDefinition = {
  ...base,
  kind: 'PodMetrics',
  scope: 'Namespaced',
  names: { plural: 'pods', singular: '' },
  schema: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics',
  columns: [
    nameColumn,
    column('cpu', ({ containers }) => containers.map((c: AnyObject) => c.usage.cpu).join(' ')),
    column('memory', ({ containers }) => containers.map((c: AnyObject) => c.usage.memory).join(' ')),
    column('Window', ({ window }) => window),
  ],
};

const metadataOf = ({ metadata }: AnyObject, now: Date) => {
  const { name, namespace, labels } = metadata;
  return { name, ...(namespace ? { namespace } : {}), creationTimestamp: formatTime(now), ...(labels ? { labels } : {}) };
};
const times = ({ at, windowMs }: Usage) => ({ timestamp: formatTime(new Date(at)), window: formatDuration(windowMs) });

/** Metrics of the nodes that exist and were measured. */
export const nodeMetrics = (reader: ResourceReader, store: UsageStore): VirtualResource =>
  readOnly(
    (context) => (context.info.name ? [reader.get('', 'nodes', '', context.info.name)] : reader.list('', 'nodes')),
    (node, now) => {
      const usage = store.node(node.metadata.name as string);
      return usage && { metadata: metadataOf(node, now), ...times(usage), usage: usage.usage };
    },
    'nodemetrics',
  );

/** Metrics of the pods that exist, run and were measured; the time of a pod is that of its earliest container. */
export const podMetrics = (reader: ResourceReader, store: UsageStore): VirtualResource =>
  readOnly(
    ({ info }) =>
      info.name ? [reader.get('', 'pods', info.namespace, info.name)] : reader.list('', 'pods', info.namespace || undefined),
    (pod, now) => {
      const running = pod.status?.phase === 'Running';
      const usages = running ? store.pod(`${pod.metadata.namespace}/${pod.metadata.name}`) : undefined;
      if (!usages) return undefined;
      const earliest = usages.reduce((a, b) => (b.at < a.at ? b : a));
      const containers = usages.map(({ name, usage }) => ({ name, usage })).sort((a, b) => (a.name < b.name ? -1 : 1));
      return { metadata: metadataOf(pod, now), ...times(earliest), containers };
    },
    'podmetrics',
  );

function readOnly(
  candidates: (context: RequestContext) => (AnyObject | undefined)[],
  show: (object: AnyObject, now: Date) => Omit<AnyObject, 'apiVersion' | 'kind'> | undefined,
  plural: string,
): VirtualResource {
  const list = async (context: RequestContext): Promise<AnyObject[]> => {
    const now = new Date();
    return candidates(context).flatMap((object) => (object && (show(object, now) as AnyObject)) ?? []);
  };
  return {
    list,
    async get(context) {
      const [found] = await list(context);
      const { namespace, name } = context.info;
      if (!found) throw notFound({ group: GROUP, resource: plural }, namespace ? `${namespace}/${name}` : name);
      return found;
    },
  };
}
