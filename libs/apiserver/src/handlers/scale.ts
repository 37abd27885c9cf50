import { type AnyObject, formatLabelSelector, type ScaleSubresource, setKey } from '@windlass/meta';

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

/** A copy of the object with the scale's replicas and resourceVersion. */
export function withScale(object: AnyObject, { specReplicasPath }: ScaleSubresource, { spec, metadata }: AnyObject): AnyObject {
  const copy = JSON.parse(JSON.stringify(object)) as AnyObject;
  const keys = specReplicasPath.replace(/^\./, '').split('.');
  let target = copy as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    // The path is a custom resource's own: it may name `__proto__`.
    if (!Object.hasOwn(target, key)) setKey(target, key, {});
    target = target[key] as Record<string, unknown>;
  }
  target[keys.at(-1)!] = spec?.replicas ?? 0;
  if (metadata.resourceVersion) copy.metadata.resourceVersion = metadata.resourceVersion;
  else delete copy.metadata.resourceVersion;
  return copy;
}
