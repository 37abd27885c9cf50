import type { AdmissionAttributes, AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { type AnyObject, equalJson } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import { nodeOf } from '../../authz/node/identity.ts';
import { podOf } from '../pods.ts';
import { refused } from '../refused.ts';
import { requestRefusal } from './certificate-requests.ts';
import { changedLabels, forbiddenLabels } from './labels.ts';
import { podCreationRefusal } from './mirror-pods.ts';

const quoted = JSON.stringify;

function nodeRefusal(node: string, { operation, name, object, oldObject }: AdmissionAttributes): string | undefined {
  const requested = name || object?.metadata.name;
  if (requested !== node) return `node ${quoted(node)} is not allowed to modify node ${quoted(requested ?? '')}`;
  if (operation === 'CREATE') {
    const labels = forbiddenLabels(changedLabels(object!.metadata.labels));
    return labels.length > 0
      ? `node ${quoted(node)} is not allowed to set the following labels: ${labels.join(', ')}`
      : undefined;
  }
  if (operation !== 'UPDATE') return undefined;
  if (!equalJson(object!.spec?.taints ?? [], oldObject!.spec?.taints ?? []))
    return `node ${quoted(node)} is not allowed to modify taints`;
  if (!equalJson(object!.metadata.ownerReferences ?? [], oldObject!.metadata.ownerReferences ?? []))
    return `node ${quoted(node)} is not allowed to modify ownerReferences`;
  const labels = forbiddenLabels(changedLabels(object!.metadata.labels, oldObject!.metadata.labels));
  return labels.length > 0 ? `is not allowed to modify labels: ${labels.join(', ')}` : undefined;
}

function podStatusRefusal(node: string, { object, oldObject }: AdmissionAttributes): string | undefined {
  const [now, before] = [object as unknown as Pod, oldObject as unknown as Pod];
  if (before.spec.nodeName !== node)
    return `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`;
  if (!equalJson(now.metadata.labels ?? {}, before.metadata.labels ?? {}))
    return `node ${quoted(node)} cannot update labels through pod status`;
  if (!equalJson(now.status?.resourceClaimStatuses ?? [], before.status?.resourceClaimStatuses ?? []))
    return `node ${quoted(node)} cannot update resource claim statuses`;
  return undefined;
}

/** Kubernetes' NodeRestriction: a node changes its own objects and the pods bound to it, and not how work finds its way to it. */
export class NodeRestriction implements AdmissionPlugin {
  readonly name = 'NodeRestriction';
  readonly #reader: ResourceReader;

  constructor(reader: ResourceReader) {
    this.#reader = reader;
  }

  handles(): boolean {
    return true;
  }

  admit(attributes: AdmissionAttributes): void {
    const node = nodeOf(attributes.user);
    if (node === undefined) return;
    const refusal =
      node === '' ? `could not determine node from user ${quoted(attributes.user.username)}` : this.#refusal(node, attributes);
    if (refusal) throw refused(attributes, refusal);
  }

  #refusal(node: string, attributes: AdmissionAttributes): string | undefined {
    const { group, resource } = attributes.resource;
    switch (group ? `${group}/${resource}` : resource) {
      case 'nodes':
        return nodeRefusal(node, attributes);
      case 'pods':
        return this.#podRefusal(node, attributes);
      case 'coordination.k8s.io/leases':
        if (attributes.namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace';
        return this.#sameName(node, attributes, 'node lease');
      case 'storage.k8s.io/csinodes':
        return this.#sameName(node, attributes, 'CSINode');
      case 'certificates.k8s.io/certificatesigningrequests':
        return requestRefusal(attributes);
      default:
        return undefined;
    }
  }

  #sameName(node: string, { name, object }: AdmissionAttributes, what: string): string | undefined {
    return (name || object?.metadata.name) === node
      ? undefined
      : `can only access ${what} with the same name as the requesting node`;
  }

  #podRefusal(node: string, attributes: AdmissionAttributes): string | undefined {
    const { subresource, operation } = attributes;
    if (subresource === 'status') return podStatusRefusal(node, attributes);
    if (subresource === 'eviction') return this.#bound(node, attributes, `node ${node} can only evict pods`);
    if (subresource !== '') return `unexpected pod subresource ${quoted(subresource)}, only 'status' and 'eviction' are allowed`;
    if (operation === 'CREATE') return podCreationRefusal(node, this.#nodeUid(node), podOf(attributes));
    if (operation === 'DELETE') return this.#bound(node, attributes, `node ${quoted(node)} can only delete pods`);
    return `unexpected operation ${quoted(operation)}, node ${quoted(node)} can only create and delete mirror pods`;
  }

  #bound(node: string, { namespace, name, oldObject }: AdmissionAttributes, text: string): string | undefined {
    const pod: AnyObject | undefined = oldObject ?? this.#reader.get('', 'pods', namespace, name);
    return !pod || pod.spec?.nodeName === node ? undefined : `${text} with spec.nodeName set to itself`;
  }

  #nodeUid(node: string): string | undefined {
    return this.#reader.get('', 'nodes', '', node)?.metadata.uid;
  }
}
