import type { AnyObject } from '@windlass/meta';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
/** What version 1 has no field for is kept in annotations, under the names that Kubernetes uses. */
const ANNOTATIONS = { metrics: `${PREFIX}metrics`, behavior: `${PREFIX}behavior`, status: `${PREFIX}status` } as const;

interface Metric {
  type: string;
  resource?: { name: string; target?: AnyObject; current?: AnyObject };
}

const isCpuUtilization = ({ type, resource }: Metric): boolean =>
  type === 'Resource' &&
  resource?.name === 'cpu' &&
  ((resource.target as { type?: string } | undefined)?.type === 'Utilization' || resource.current !== undefined);

/** From the stored version 2 to version 1; {@link toV2} gets the same object back. Pure. */
export function toV1(stored: AnyObject): AnyObject {
  const { metrics = [], minReplicas, maxReplicas, scaleTargetRef, behavior } = stored.spec ?? {};
  const cpu = (metrics as Metric[]).find(isCpuUtilization);
  const others = (metrics as Metric[]).filter((metric) => metric !== cpu);
  const annotations: Record<string, string> = { ...stored.metadata.annotations };
  if (others.length > 0) annotations[ANNOTATIONS.metrics] = JSON.stringify(others);
  if (behavior) annotations[ANNOTATIONS.behavior] = JSON.stringify(behavior);
  const { conditions, currentMetrics, ...status } = (stored.status ?? {}) as AnyObject & Record<string, unknown>;
  if (conditions || currentMetrics) annotations[ANNOTATIONS.status] = JSON.stringify({ conditions, currentMetrics });
  const current = ((currentMetrics ?? []) as Metric[]).find(isCpuUtilization)?.resource?.current as
    | { averageUtilization?: number }
    | undefined;
  return compact({
    ...stored,
    apiVersion: 'autoscaling/v1',
    metadata: compact({ ...stored.metadata, annotations: Object.keys(annotations).length > 0 ? annotations : undefined }),
    spec: compact({
      scaleTargetRef,
      minReplicas,
      maxReplicas,
      targetCPUUtilizationPercentage: (cpu?.resource?.target as { averageUtilization?: number } | undefined)?.averageUtilization,
    }),
    status: stored.status && compact({ ...status, currentCPUUtilizationPercentage: current?.averageUtilization }),
  }) as AnyObject;
}

/** From version 1 to the stored version 2. Pure. */
export function toV2(object: AnyObject): AnyObject {
  const { targetCPUUtilizationPercentage, ...spec } = (object.spec ?? {}) as Record<string, unknown>;
  const {
    [ANNOTATIONS.metrics]: metrics,
    [ANNOTATIONS.behavior]: behavior,
    [ANNOTATIONS.status]: kept,
    ...annotations
  } = (object.metadata.annotations ?? {}) as Record<string, string>;
  const cpu =
    targetCPUUtilizationPercentage === undefined || targetCPUUtilizationPercentage === null
      ? []
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage } },
          },
        ];
  const all = [...parsed<unknown[]>(metrics, []), ...cpu];
  const { currentCPUUtilizationPercentage: _, ...status } = (object.status ?? {}) as Record<string, unknown>;
  return compact({
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: compact({ ...object.metadata, annotations: Object.keys(annotations).length > 0 ? annotations : undefined }),
    spec: compact({ ...spec, metrics: all.length > 0 ? all : undefined, behavior: parsed(behavior, undefined) }),
    status: object.status && compact({ ...status, ...parsed<object>(kept, {}) }),
  }) as AnyObject;
}

/** An annotation that somebody broke counts as absent. */
function parsed<T>(text: string | undefined, otherwise: T): T {
  if (text === undefined) return otherwise;
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}

const compact = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
