import { isNotFound, type ResourceClient, StatusError } from '@windlass/client';
import type { KubeObject, OwnerReference } from '@windlass/meta';

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find((reference) => reference.controller);

/** Index values: the controller's uid, or `orphan:<namespace>` for objects without one. */
export const byControllerOrOrphan = (object: KubeObject): readonly string[] => {
  const owner = controllerOf(object);
  return [owner ? owner.uid : `orphan:${object.metadata.namespace ?? ''}`];
};

export interface Owner extends KubeObject {
  apiVersion: string;
  kind: string;
}

export const newControllerRef = (owner: Owner): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name as string,
  uid: owner.metadata.uid as string,
  controller: true,
  blockOwnerDeletion: true,
});

export interface ClaimOptions<T extends KubeObject> {
  owner: Owner;
  candidates: readonly T[];
  matches: (object: T) => boolean;
  objects: ResourceClient<T>;
  /** Reads the owner from the server, not from the cache: a deleted owner must not adopt. */
  freshOwner: () => Promise<KubeObject>;
  /** Further metadata of an adoption (a Job's tracking finalizer). */
  adoptFinalizers?: string[];
}

/**
 * The objects that belong to `owner`: those it controls and that match, and matching orphans, which it adopts. What it controls and no
 * longer matches is released. (k8s.io/kubernetes/pkg/controller BaseControllerRefManager)
 */
export async function claim<T extends KubeObject>(options: ClaimOptions<T>): Promise<T[]> {
  const { owner, candidates, matches, objects } = options;
  const claimed: T[] = [];
  let adoptable: Promise<void> | undefined;
  for (const object of candidates) {
    const reference = controllerOf(object);
    if (reference) {
      if (reference.uid !== owner.metadata.uid) continue;
      if (matches(object)) claimed.push(object);
      else if (!owner.metadata.deletionTimestamp) await release(objects, object, owner);
      continue;
    }
    if (owner.metadata.deletionTimestamp || !matches(object) || object.metadata.deletionTimestamp) continue;
    adoptable ??= checkAdoptable(options);
    await adoptable;
    try {
      claimed.push(await adopt(options, object));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return claimed;
}

async function checkAdoptable<T extends KubeObject>({ owner, freshOwner }: ClaimOptions<T>): Promise<void> {
  const fresh = await freshOwner();
  const { name, namespace, uid } = owner.metadata;
  if (fresh.metadata.uid !== uid)
    throw new Error(`original ${owner.kind} ${namespace}/${name} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`);
  if (fresh.metadata.deletionTimestamp)
    throw new Error(`${namespace}/${name} has just been deleted at ${fresh.metadata.deletionTimestamp}`);
}

function adopt<T extends KubeObject>({ owner, objects, adoptFinalizers }: ClaimOptions<T>, object: T): Promise<T> {
  const metadata = { uid: object.metadata.uid, ownerReferences: [newControllerRef(owner)], finalizers: adoptFinalizers };
  return objects.patch(object.metadata, { metadata }, { type: 'strategic' });
}

/** Takes the owner's reference off. Gone objects and objects that no longer have the reference are fine. */
async function release<T extends KubeObject>(objects: ResourceClient<T>, object: T, owner: Owner): Promise<void> {
  const metadata = { uid: object.metadata.uid, ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }] };
  try {
    await objects.patch(object.metadata, { metadata }, { type: 'strategic' });
  } catch (error) {
    if (!isNotFound(error) && !(error instanceof StatusError && error.status.reason === 'Invalid')) throw error;
  }
}
