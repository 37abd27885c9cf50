import type { Pod } from '@windlass/resources';
import { podReferences } from '../../authz/node/pod-references.ts';
import { isMirrorPod, MIRROR_ANNOTATION } from '../pods.ts';

const quoted = JSON.stringify;

const REFERENCES = {
  serviceaccounts: 'a service account',
  secrets: 'secrets',
  configmaps: 'configmaps',
  persistentvolumeclaims: 'persistentvolumeclaims',
  resourceclaims: 'resourceclaims',
} as const;

function ownerRefusal(node: string, nodeUid: string | undefined, { metadata }: Pod): string | undefined {
  const owners = metadata.ownerReferences ?? [];
  const only = (what: string) => `node ${quoted(node)} can only create pods with ${what} set to itself`;
  if (owners.length > 1) return only('a single owner reference');
  const [owner] = owners;
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) return only('an owner reference');
  if (!owner.controller) return only('a controller owner reference');
  if (owner.blockOwnerDeletion) return `node ${quoted(node)} must not set blockOwnerDeletion on an owner reference`;
  if (owner.uid !== nodeUid) return `node ${owner.name} UID mismatch: expected ${owner.uid} got ${nodeUid ?? ''}`;
  return undefined;
}

/** Why a node may not create a pod: only mirror pods of its own static pods, which refer to nothing in the API. */
export function podCreationRefusal(node: string, nodeUid: string | undefined, pod: Pod): string | undefined {
  if (!isMirrorPod(pod))
    return `pod does not have ${quoted(MIRROR_ANNOTATION)} annotation, node ${quoted(node)} can only create mirror pods`;
  if (pod.spec.nodeName !== node) return `node ${quoted(node)} can only create pods with spec.nodeName set to itself`;
  const owner = ownerRefusal(node, nodeUid, pod);
  if (owner) return owner;
  const plain: Pod = { ...pod, metadata: { ...pod.metadata, annotations: {} } };
  for (const { resource } of podReferences(plain))
    return `node ${quoted(node)} can not create pods that reference ${REFERENCES[resource]}`;
  return undefined;
}
