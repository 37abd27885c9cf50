import { type AnyObject, type FieldError, fieldError, path, type ResourceDefinition } from '@windlass/meta';
import { builtin } from '../generic/definition.ts';
import type { HorizontalPodAutoscaler } from '../types.gen.ts';
import { defaultBehavior, validateBehavior } from './behavior-rules.ts';
import { autoscalerColumns } from './columns.ts';
import { validateMetrics, validateTargetReference } from './metric-rules.ts';
import { toV1, toV2 } from './v1-conversion.ts';

const DEFAULT_CPU_PERCENT = 80;

function defaultV1({ spec, metadata }: AnyObject): void {
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'])
    spec.targetCPUUtilizationPercentage ??= DEFAULT_CPU_PERCENT;
}

function defaultV2({ spec }: AnyObject): void {
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length)
    spec.metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: DEFAULT_CPU_PERCENT } },
      },
    ];
  if (spec.behavior) defaultBehavior(spec.behavior);
}

const clearStatus = (object: AnyObject): void => {
  object.status = { desiredReplicas: 0, currentMetrics: null };
};

const SPEC = path('spec');

/** The rules that both versions share (validateHorizontalPodAutoscalerSpec). */
function validate({ spec = {} }: AnyObject): FieldError[] {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef = {}, metrics = [], behavior } = spec;
  const errors: FieldError[] = [];
  const most = SPEC.child('maxReplicas');
  if (minReplicas < 0)
    errors.push(fieldError.invalid(SPEC.child('minReplicas'), minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(fieldError.required(most, 'must be set and greater than 0'));
  if (maxReplicas < minReplicas)
    errors.push(fieldError.invalid(most, maxReplicas, 'must be greater than or equal to `minReplicas`'));
  return [
    ...errors,
    ...validateTargetReference(scaleTargetRef, SPEC.child('scaleTargetRef')),
    ...validateMetrics(metrics, minReplicas, SPEC.child('metrics')),
    ...validateBehavior(behavior, SPEC.child('behavior')),
  ];
}

/** autoscaling/v2, the version that is stored. */
export const horizontalPodAutoscalers: ResourceDefinition = builtin('autoscaling/v2', 'horizontalpodautoscalers', {
  columns: autoscalerColumns((hpa: HorizontalPodAutoscaler) => hpa),
  strategy: { default: defaultV2, prepareForCreate: clearStatus, validate },
});

/** autoscaling/v1: what it has no field for travels in annotations. */
export const horizontalPodAutoscalersV1: ResourceDefinition = builtin('autoscaling/v1', 'horizontalpodautoscalers', {
  storedAs: { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers', decode: toV1, encode: toV2 },
  columns: autoscalerColumns((hpa: AnyObject) => toV2(hpa) as unknown as HorizontalPodAutoscaler),
  strategy: { default: defaultV1, validate: (hpa) => validate(toV2(hpa)) },
});
