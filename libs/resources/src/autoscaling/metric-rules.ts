import { type FieldError, fieldError, type Path, parseQuantity, validatePathSegmentName } from '@windlass/meta';
import type { CrossVersionObjectReference, MetricIdentifier, MetricSpec, MetricTarget } from '../types.gen.ts';

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'] as const;
const TARGETS = ['Utilization', 'Value', 'AverageValue'];

/** In the order in which Kubernetes looks at them. */
const SOURCES = {
  object: 'Object',
  external: 'External',
  pods: 'Pods',
  resource: 'Resource',
  containerResource: 'ContainerResource',
} as const;
type Source = keyof typeof SOURCES;

const named = (value: string | undefined, at: Path, detail = ''): FieldError[] =>
  value ? validatePathSegmentName(value).map((text) => fieldError.invalid(at, value, text)) : [fieldError.required(at, detail)];

/** ValidateCrossVersionObjectReference */
export function validateTargetReference(reference: Partial<CrossVersionObjectReference>, at: Path): FieldError[] {
  const { kind, name, apiVersion = '' } = reference;
  return [
    ...named(kind, at.child('kind')),
    ...named(name, at.child('name')),
    ...(apiVersion ? [] : [fieldError.invalid(at.child('apiVersion'), '', 'apiVersion must specify API group')]),
  ];
}

const isPositive = (quantity: string | undefined): boolean => {
  try {
    return quantity !== undefined && parseQuantity(quantity).nanos > 0n;
  } catch {
    return false;
  }
};

function targetErrors({ type, averageUtilization, value, averageValue }: Partial<MetricTarget>, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!type) errors.push(fieldError.required(at.child('type'), 'must specify a metric target type'));
  else if (!TARGETS.includes(type))
    errors.push(fieldError.invalid(at.child('type'), type, 'must be either Utilization, Value, or AverageValue'));
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(fieldError.invalid(at.child('averageUtilization'), averageUtilization, 'must be greater than 0'));
  for (const [name, amount] of [
    ['value', value],
    ['averageValue', averageValue],
  ] as const)
    if (amount !== undefined && !isPositive(amount)) errors.push(fieldError.invalid(at.child(name), amount, 'must be positive'));
  return errors;
}

const identifierErrors = (metric: Partial<MetricIdentifier>, at: Path): FieldError[] =>
  named(metric.name, at.child('name'), 'must specify a metric name');

/** A whole value or one per pod, as objects and external metrics have it. */
const valueMissing = ({ value, averageValue }: Partial<MetricTarget>, at: Path): FieldError[] =>
  value === undefined && averageValue === undefined
    ? [fieldError.required(at.child('averageValue'), 'must set either a target value for metric or a per-pod target')]
    : [];

function utilizationErrors({ averageUtilization, averageValue }: Partial<MetricTarget>, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (averageUtilization === undefined && averageValue === undefined)
    errors.push(
      fieldError.required(at.child('averageUtilization'), 'must set either a target raw value or a target utilization'),
    );
  if (averageUtilization !== undefined && averageValue !== undefined)
    errors.push(fieldError.forbidden(at.child('averageValue'), 'may not set both a target raw value and a target utilization'));
  return errors;
}

function sourceErrors(spec: MetricSpec, source: Source, at: Path): FieldError[] {
  const target: Partial<MetricTarget> = spec[source]?.target ?? {};
  const here = at.child('target');
  switch (source) {
    case 'object':
      return [
        ...validateTargetReference(spec.object!.describedObject ?? {}, at.child('describedObject')),
        ...identifierErrors(spec.object!.metric ?? {}, at.child('metric')),
        ...targetErrors(target, here),
        ...valueMissing(target, here),
      ];
    case 'external':
      return [
        ...identifierErrors(spec.external!.metric ?? {}, at.child('metric')),
        ...targetErrors(target, here),
        ...valueMissing(target, here),
        ...(target.value !== undefined && target.averageValue !== undefined
          ? [fieldError.forbidden(here.child('value'), 'may not set both a target value for metric and a per-pod target')]
          : []),
      ];
    case 'pods':
      return [
        ...identifierErrors(spec.pods!.metric ?? {}, at.child('metric')),
        ...targetErrors(target, here),
        ...(isPositive(target.averageValue)
          ? []
          : [fieldError.required(here.child('averageValue'), 'must specify a positive target averageValue')]),
      ];
    case 'containerResource':
    case 'resource': {
      const { name } = spec[source]!;
      const container = source === 'resource' || spec.containerResource!.container;
      return [
        ...(name ? [] : [fieldError.required(at.child('name'), 'must specify a resource name')]),
        ...(container ? [] : [fieldError.required(at.child('container'), 'must specify a container')]),
        ...targetErrors(target, here),
        ...utilizationErrors(target, here),
      ];
    }
  }
}

function metricErrors(spec: MetricSpec, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.type) errors.push(fieldError.required(at.child('type'), 'must specify a metric source type'));
  else if (!(TYPES as readonly string[]).includes(spec.type))
    errors.push(fieldError.notSupported(at.child('type'), spec.type, TYPES));
  const present = (Object.keys(SOURCES) as Source[]).filter((source) => spec[source]);
  // Only the first is looked into; whether there are more is told below.
  if (present[0]) errors.push(...sourceErrors(spec, present[0], at.child(present[0])));
  const expected = (Object.keys(SOURCES) as Source[]).find((source) => SOURCES[source] === spec.type);
  if (expected && !spec[expected])
    errors.push(fieldError.required(at.child(expected), 'must populate information for the given metric source'));
  if (present.length !== 1)
    for (const source of present)
      if (source !== expected) errors.push(fieldError.forbidden(at.child(source), 'must populate the given metric source only'));
  return errors;
}

/** validateMetrics; no pods at all can only be left by a metric that does not come from them. */
export function validateMetrics(metrics: readonly MetricSpec[], minReplicas: number, at: Path): FieldError[] {
  const errors = metrics.flatMap((spec, i) => metricErrors(spec, at.index(i)));
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External'))
    errors.push(
      fieldError.forbidden(at, 'must specify at least one Object or External metric to support scaling to zero replicas'),
    );
  return errors;
}
