import { type Client, isNotFound, NetworkError, StatusError } from '@windlass/client';
import { labelSelectorMatcher, parseDuration, Quantity } from '@windlass/meta';
import type { CrossVersionObjectReference, MetricIdentifier } from '@windlass/resources';
import type { Samples } from './samples.ts';

interface PodMetrics {
  metadata: { name: string };
  timestamp: string;
  window: string;
  containers: { name: string; usage: Record<string, string> }[];
}
interface MetricValue {
  describedObject?: { name: string };
  timestamp: string;
  windowSeconds?: number;
  value: string;
}
interface Items<T> {
  items: T[];
}

const milli = (text: string): number => Quantity.parse(text).milliValue();
const query = (values: Record<string, string | undefined>): string => {
  const given = Object.entries(values).filter(([, value]) => value);
  return given.length > 0 ? `?${given.map(([name, value]) => `${name}=${encodeURIComponent(value as string)}`).join('&')}` : '';
};

/** Reads the three metrics APIs, whoever serves them. Values are milli-units. @throws Error with what Kubernetes says */
export interface MetricsSource {
  /** Use of a resource per pod; of one container where given. */
  resource(namespace: string, selector: string, resource: string, container?: string): Promise<Samples>;
  pods(namespace: string, selector: string, metric: MetricIdentifier): Promise<Samples>;
  object(namespace: string, object: CrossVersionObjectReference, metric: MetricIdentifier, plural: string): Promise<number>;
  /** All values that the selector finds. */
  external(namespace: string, metric: MetricIdentifier): Promise<number[]>;
}

export function metricsSource(client: Client): MetricsSource {
  const get = async <T>(group: string, what: string, path: string): Promise<T> => {
    try {
      return await client.request<T>({ method: 'GET', path });
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof NetworkError)) throw error;
      const text = isNotFound(error) ? 'the server could not find the requested resource' : error.message;
      throw new Error(`unable to ${what} from ${group}: ${text}`);
    }
  };
  return {
    async resource(namespace, labelSelector, resource, container) {
      const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods${query({ labelSelector })}`;
      const { items } = await get<Items<PodMetrics>>(
        'resource metrics API',
        `get metrics for resource ${resource}: unable to fetch metrics`,
        path,
      );
      if (items.length === 0)
        throw new Error(`unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`);
      return new Map(items.flatMap((item) => sampleOf(item, resource, container)));
    },
    async pods(namespace, labelSelector, { name, selector }) {
      const metricLabelSelector = selector && labelSelectorMatcher(selector).toString();
      const path = `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${namespace}/pods/*/${name}${query({ labelSelector, metricLabelSelector })}`;
      const { items } = await get<Items<MetricValue>>('custom metrics API', `get metric ${name}: unable to fetch metrics`, path);
      if (items.length === 0) throw new Error(`unable to get metric ${name}: no metrics returned from custom metrics API`);
      return new Map(
        items.map((item) => [
          item.describedObject?.name ?? '',
          { value: milli(item.value), at: Date.parse(item.timestamp), windowMs: (item.windowSeconds ?? 60) * 1000 },
        ]),
      );
    },
    async object(namespace, { kind, name }, metric, plural) {
      const metricLabelSelector = metric.selector && labelSelectorMatcher(metric.selector).toString();
      const scope = kind === 'Namespace' ? `namespaces/${name}/metrics` : `namespaces/${namespace}/${plural}/${name}`;
      const path = `/apis/custom.metrics.k8s.io/v1beta2/${scope}/${metric.name}${query({ metricLabelSelector })}`;
      const what = `get metric ${metric.name}: ${kind} on ${namespace} ${name}: unable to fetch metrics`;
      const { items } = await get<Items<MetricValue>>('custom metrics API', what, path);
      if (!items[0]) throw new Error(`unable to ${what}: no metrics returned`);
      return milli(items[0].value);
    },
    async external(namespace, { name, selector }) {
      const labelSelector = selector && labelSelectorMatcher(selector).toString();
      const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${name}${query({ labelSelector })}`;
      const what = `get external metric ${namespace}/${name}/${selector ? labelSelector : 'nil'}: unable to fetch metrics`;
      const { items } = await get<Items<MetricValue>>('external metrics API', what, path);
      if (items.length === 0) throw new Error(`unable to ${what}: no metrics returned from external metrics API`);
      return items.map(({ value }) => milli(value));
    },
  };
}

/** A pod counts only with a value of every container. */
function sampleOf(item: PodMetrics, resource: string, container: string | undefined) {
  const containers = item.containers.filter(({ name }) => container === undefined || name === container);
  const values = containers.map(({ usage }) => usage[resource]);
  if (values.length === 0 || values.some((value) => value === undefined)) return [];
  const value = values.reduce((sum, text) => sum + milli(text as string), 0);
  return [[item.metadata.name, { value, at: Date.parse(item.timestamp), windowMs: parseDuration(item.window) }]] as const;
}
