import { type AnyObject, formatLabelSelector, type ResourceDefinition, type ScaleSubresource } from '@windlass/meta';

const at = (object: AnyObject, path: string | undefined): unknown =>
  path
    ?.replace(/^\./, '')
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);

function selectorText(value: unknown): string {
  if (value === undefined || typeof value === 'string') return (value as string) ?? '';
  const selector = value as { matchLabels?: object; matchExpressions?: object };
  if (selector.matchLabels || selector.matchExpressions)
    return formatLabelSelector(selector as Parameters<typeof formatLabelSelector>[0]);
  return formatLabelSelector({ matchLabels: value as Record<string, string> });
}

/** autoscaling/v1 Scale of an object. */
export function scaleOf(object: AnyObject, scale: ScaleSubresource): AnyObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = Number(at(object, scale.specReplicasPath) ?? 0);
  const selector = selectorText(at(object, scale.selectorPath));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: Number(at(object, scale.statusReplicasPath) ?? 0), ...(selector ? { selector } : {}) },
  } as AnyObject;
}

/** A copy of the object with the scale's replicas. */
export function withReplicas(
  object: AnyObject,
  scale: ScaleSubresource,
  replicas: number,
  resourceVersion: string | undefined,
): AnyObject {
  const copy = JSON.parse(JSON.stringify(object)) as AnyObject;
  const keys = scale.specReplicasPath.replace(/^\./, '').split('.');
  let target = copy as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    target[key] ??= {};
    target = target[key] as Record<string, unknown>;
  }
  target[keys.at(-1)!] = replicas;
  if (resourceVersion) copy.metadata.resourceVersion = resourceVersion;
  else delete copy.metadata.resourceVersion;
  return copy;
}

export const SCALE_SCHEMA = 'io.k8s.api.autoscaling.v1.Scale';
export type { ResourceDefinition };
