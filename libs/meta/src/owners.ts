import { apiVersionOf, type GroupVersionKind, type KubeObject, type ObjectMeta, type OwnerReference } from './object.ts';

/** The reference by which a controller owns its child. */
export const controllerRef = (owner: KubeObject, { group, version, kind }: GroupVersionKind): OwnerReference => ({
  apiVersion: apiVersionOf(group, version),
  kind,
  name: owner.metadata.name ?? '',
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** The owner that controls the object, if any. */
export const controllerOf = (meta: ObjectMeta): OwnerReference | undefined =>
  meta.ownerReferences?.find((owner) => owner.controller);

export const isControlledBy = (child: KubeObject, owner: KubeObject): boolean =>
  controllerOf(child.metadata)?.uid === owner.metadata.uid && owner.metadata.uid !== undefined;

export const isOwnedBy = (child: KubeObject, owner: KubeObject): boolean =>
  child.metadata.ownerReferences?.some((reference) => reference.uid === owner.metadata.uid) ?? false;
