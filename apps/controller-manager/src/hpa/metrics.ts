import { Quantity, quantityMilliValue } from '@windlass/meta';
import type { LabelSelector, MetricSpec, MetricStatus } from '@windlass/resources';
import type { MetricsSource } from './metrics-source.ts';
import { byAverage, byShare, byUtilization, byValue, type Situation } from './replicas.ts';

export interface MetricResult {
  replicas: number;
  /** How events name the metric. */
  name: string;
  status: MetricStatus;
}

/** A metric that could not be used: the reason of the condition and event, and the error behind it. */
export class MetricError extends Error {
  readonly reason: string;
  /** What the condition and the event say. */
  readonly inner: string;
  constructor(reason: string, what: string, cause: unknown) {
    const inner = cause instanceof Error ? cause.message : String(cause);
    super(`failed to get ${what}: ${inner}`);
    this.reason = reason;
    this.inner = inner;
  }
}

export interface Scope {
  namespace: string;
  /** The target's selector, as text. */
  selector: string;
  /** Resource name of a kind that an object metric describes. */
  pluralOf: (kind: string, apiVersion: string | undefined) => Promise<string>;
}

const text = (milli: number): string => Quantity.ofMilli(milli).toString();

/** Replicas that one metric asks for. @throws MetricError */
export async function evaluateMetric(
  metric: MetricSpec,
  situation: Situation,
  source: MetricsSource,
  scope: Scope,
): Promise<MetricResult> {
  const { reason, what, evaluate } = kindOf(metric, situation, source, scope);
  try {
    return await evaluate();
  } catch (error) {
    throw new MetricError(reason, what, error);
  }
}

interface Evaluation {
  reason: string;
  what: string;
  evaluate: () => Promise<MetricResult>;
}

function kindOf(metric: MetricSpec, situation: Situation, source: MetricsSource, scope: Scope): Evaluation {
  const { type } = metric;
  if (type === 'Resource' && metric.resource) {
    const { name, target } = metric.resource;
    const evaluate = async () => {
      const result = await resourceMetric(situation, target, name, undefined, source, scope);
      return { ...result, status: { type, resource: { name, current: result.current } } };
    };
    return { reason: 'FailedGetResourceMetric', what: `${name} resource metric value`, evaluate };
  }
  if (type === 'ContainerResource' && metric.containerResource) {
    const { name, container, target } = metric.containerResource;
    const evaluate = async () => {
      const result = await resourceMetric(situation, target, name, container, source, scope);
      return { ...result, status: { type, containerResource: { name, container, current: result.current } } };
    };
    return { reason: 'FailedGetContainerResourceMetric', what: `${name} container metric value`, evaluate };
  }
  if (type === 'Pods' && metric.pods) {
    const { metric: id, target } = metric.pods;
    const evaluate = async () => {
      const samples = await source.pods(scope.namespace, scope.selector, id);
      const { replicas, average } = byAverage(situation, quantityMilliValue(target.averageValue), samples, false);
      const status = { type, pods: { metric: id, current: { averageValue: text(average) } } };
      return { replicas, name: `pods metric ${id.name}`, status };
    };
    return { reason: 'FailedGetPodsMetric', what: 'pods metric value', evaluate };
  }
  if (type === 'Object' && metric.object) return objectMetric(metric.object, situation, source, scope);
  if (type === 'External' && metric.external) return externalMetric(metric.external, situation, source, scope);
  const evaluate = async () => {
    throw new Error(`unknown metric source type ${JSON.stringify(type)}`);
  };
  return { reason: 'InvalidMetricSourceType', what: `${type} metric value`, evaluate };
}

async function resourceMetric(
  situation: Situation,
  target: { averageUtilization?: number; averageValue?: string },
  resource: string,
  container: string | undefined,
  source: MetricsSource,
  { namespace, selector }: Scope,
) {
  const label = `${resource}${container === undefined ? '' : ' container'} resource`;
  if (target.averageValue === undefined && target.averageUtilization === undefined)
    throw new Error(
      'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    );
  const samples = await source.resource(namespace, selector, resource, container);
  if (target.averageValue !== undefined) {
    const { replicas, average } = byAverage(situation, quantityMilliValue(target.averageValue), samples, resource === 'cpu');
    return { replicas, name: label, current: { averageValue: text(average) } };
  }
  const wanted = target.averageUtilization as number;
  const { replicas, utilization, average } = byUtilization(situation, wanted, samples, resource, container);
  const current = { averageUtilization: utilization, averageValue: text(average) };
  return { replicas, name: `${label} utilization (percentage of request)`, current };
}

function objectMetric(
  object: NonNullable<MetricSpec['object']>,
  situation: Situation,
  source: MetricsSource,
  scope: Scope,
): Evaluation {
  const { describedObject, metric, target } = object;
  const evaluate = async () => {
    const plural = await scope.pluralOf(describedObject.kind, describedObject.apiVersion);
    const value = await source.object(scope.namespace, describedObject, metric, plural);
    const { replicas, current } = oneValue(situation, value, target);
    const name = `${describedObject.kind} metric ${metric.name}`;
    return { replicas, name, status: { type: 'Object', object: { describedObject, metric, current } } };
  };
  return { reason: 'FailedGetObjectMetric', what: 'object metric value', evaluate };
}

function externalMetric(
  { metric, target }: NonNullable<MetricSpec['external']>,
  situation: Situation,
  source: MetricsSource,
  { namespace }: Scope,
): Evaluation {
  const evaluate = async () => {
    const values = await source.external(namespace, metric);
    const { replicas, current } = oneValue(
      situation,
      values.reduce((sum, value) => sum + value, 0),
      target,
    );
    const name = `external metric ${metric.name}(${goSelector(metric.selector)})`;
    return { replicas, name, status: { type: 'External', external: { metric, current } } };
  };
  return { reason: 'FailedGetExternalMetric', what: `${metric.name} external metric value`, evaluate };
}

function oneValue(situation: Situation, value: number, target: { value?: string; averageValue?: string }) {
  if (target.averageValue !== undefined) {
    const { replicas, share } = byShare(situation, value, quantityMilliValue(target.averageValue));
    return { replicas, current: { averageValue: text(share) } };
  }
  if (target.value === undefined)
    throw new Error('invalid metric source: neither a value target nor an average value target was set');
  return { replicas: byValue(situation, value, quantityMilliValue(target.value)), current: { value: text(value) } };
}

/** %+v of a label selector, as events show it. */
function goSelector(selector: LabelSelector | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort()
    .map(([key, value]) => `${key}: ${value},`);
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join(',')}},}`;
}
