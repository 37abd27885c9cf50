import type { AnyObject, FieldError, ResourceDefinition } from '@windlass/meta';
import { builtin } from '../generic/definition.ts';
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
}

const clearStatus = (object: AnyObject): void => {
  object.status = { desiredReplicas: 0, currentMetrics: null };
};

const missing = (field: string, detail = ''): FieldError => ({ type: 'FieldValueRequired', field, badValue: '', detail });

/** The rules that both versions share (validateHorizontalPodAutoscalerSpec). */
function validate({ spec = {} }: AnyObject): FieldError[] {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef = {} } = spec;
  const errors: FieldError[] = [];
  if (minReplicas < 0)
    errors.push({
      type: 'FieldValueInvalid',
      field: 'spec.minReplicas',
      badValue: minReplicas,
      detail: 'must be greater than or equal to 1',
    });
  if (maxReplicas < 1) errors.push(missing('spec.maxReplicas', 'must be set and greater than 0'));
  if (maxReplicas < minReplicas)
    errors.push({
      type: 'FieldValueInvalid',
      field: 'spec.maxReplicas',
      badValue: maxReplicas,
      detail: 'must be greater than or equal to `minReplicas`',
    });
  const { kind, name, apiVersion = '' } = scaleTargetRef;
  if (!kind) errors.push(missing('spec.scaleTargetRef.kind'));
  if (!name) errors.push(missing('spec.scaleTargetRef.name'));
  if (!apiVersion)
    errors.push({
      type: 'FieldValueInvalid',
      field: 'spec.scaleTargetRef.apiVersion',
      badValue: '',
      detail: 'apiVersion must specify API group',
    });
  return errors;
}

/** autoscaling/v2, the version that is stored. */
export const horizontalPodAutoscalers: ResourceDefinition = builtin('autoscaling/v2', 'horizontalpodautoscalers', {
  strategy: { default: defaultV2, prepareForCreate: clearStatus, validate },
});

/** autoscaling/v1: what it has no field for travels in annotations. */
export const horizontalPodAutoscalersV1: ResourceDefinition = builtin('autoscaling/v1', 'horizontalpodautoscalers', {
  storedAs: { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers', decode: toV1, encode: toV2 },
  strategy: { default: defaultV1, validate },
});
