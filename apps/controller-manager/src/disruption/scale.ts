import { type Client, isNotFound } from '@windlass/client';
import { type AnyObject, type OwnerReference, parseApiVersion } from '@windlass/meta';
import type { Pod, Scale } from '@windlass/resources';
import { controllerOf } from '../shared/claim.ts';
import { kindFinder } from '../shared/kind-finder.ts';

/** Kinds whose replicas the caches tell; `kind.group`. */
export const CACHED = {
  'ReplicationController.': 'replicationControllers',
  'ReplicaSet.apps': 'replicaSets',
  'Deployment.apps': 'deployments',
  'StatefulSet.apps': 'statefulSets',
} as const;
export type CachedResource = (typeof CACHED)[keyof typeof CACHED];

/** The object that an owner reference names, when it is still that one. */
export type ReadOwner = (resource: CachedResource, namespace: string, owner: OwnerReference) => AnyObject | undefined;

const cachedResource = ({ apiVersion, kind }: OwnerReference): CachedResource | undefined =>
  CACHED[`${kind}.${parseApiVersion(apiVersion).group}` as keyof typeof CACHED];

/** The Deployment above a ReplicaSet, else the owner itself: during a rollout one Deployment's pods stand in several sets. */
function topOf(read: ReadOwner, namespace: string, owner: OwnerReference): OwnerReference {
  if (cachedResource(owner) !== 'replicaSets') return owner;
  const set = read('replicaSets', namespace, owner);
  const parent = set && controllerOf(set);
  return parent && cachedResource(parent) === 'deployments' ? parent : owner;
}

export interface ExpectedScale {
  /** Sum of what the pods' controllers want, each counted once. */
  scale: number;
  unmanaged: Pod[];
}

/** @returns a function that finds the scale of pods. It throws when a controller is gone or cannot be scaled */
export function expectedScale(client: Client, read: ReadOwner): (pods: readonly Pod[]) => Promise<ExpectedScale> {
  const findKind = kindFinder(client);

  const fromSubresource = async (namespace: string, owner: OwnerReference): Promise<number | undefined> => {
    const ref = await findKind(owner.kind, owner.apiVersion);
    const resource = client.resource(ref);
    try {
      const { metadata, spec } = await resource.subresource<Scale>({ namespace, name: owner.name }, 'scale');
      return metadata?.uid && metadata.uid !== owner.uid ? undefined : (spec?.replicas ?? 0);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const exists = await resource.get({ namespace, name: owner.name }).catch(() => undefined);
      if (!exists) return undefined;
      throw new Error(`${ref.resource}${ref.group ? `.${ref.group}` : ''} does not implement the scale subresource`);
    }
  };

  const replicasOf = async (namespace: string, owner: OwnerReference): Promise<number | undefined> => {
    const resource = cachedResource(owner);
    if (!resource) return fromSubresource(namespace, owner);
    const found = read(resource, namespace, owner);
    return found && (found.spec?.replicas ?? 1);
  };

  return async (pods) => {
    const unmanaged: Pod[] = [];
    const scales = new Map<string, number>();
    for (const pod of pods) {
      const owner = controllerOf(pod);
      if (!owner) {
        unmanaged.push(pod);
        continue;
      }
      const { namespace = '', name } = pod.metadata;
      const top = topOf(read, namespace, owner);
      if (scales.has(top.uid)) continue;
      const replicas = await replicasOf(namespace, top);
      if (replicas === undefined) throw new Error(`found no controllers for pod ${JSON.stringify(name)}`);
      scales.set(top.uid, replicas);
    }
    return { scale: [...scales.values()].reduce((sum, each) => sum + each, 0), unmanaged };
  };
}
