import type { ResourceDefinition, ViewSubresource } from '@windlass/meta';

type Behaviour = Pick<
  ResourceDefinition,
  | 'hasGeneration'
  | 'generationCovers'
  | 'createOnUpdate'
  | 'unconditionalUpdate'
  | 'returnsDeleted'
  | 'defaultPropagation'
  | 'registryPath'
>;

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Kinds whose strategy starts metadata.generation at 1. */
const GENERATION = set(`
  pods podtemplates replicationcontrollers daemonsets.apps deployments.apps replicasets.apps statefulsets.apps cronjobs.batch jobs.batch
  endpointslices.discovery.k8s.io ingresses.networking.k8s.io ingressclasses.networking.k8s.io networkpolicies.networking.k8s.io
  poddisruptionbudgets.policy deviceclasses.resource.k8s.io resourceslices.resource.k8s.io priorityclasses.scheduling.k8s.io
  flowschemas.flowcontrol.apiserver.k8s.io prioritylevelconfigurations.flowcontrol.apiserver.k8s.io
  customresourcedefinitions.apiextensions.k8s.io
  mutatingadmissionpolicies.admissionregistration.k8s.io mutatingadmissionpolicybindings.admissionregistration.k8s.io
  mutatingwebhookconfigurations.admissionregistration.k8s.io validatingadmissionpolicies.admissionregistration.k8s.io
  validatingadmissionpolicybindings.admissionregistration.k8s.io validatingwebhookconfigurations.admissionregistration.k8s.io
`);

const GENERATION_COVERS: Record<string, 'labels' | 'annotations'> = {
  'deployments.apps': 'annotations',
  'endpointslices.discovery.k8s.io': 'labels',
};

/** Strategies with AllowCreateOnUpdate. */
const CREATE_ON_UPDATE = set(`
  endpoints events events.events.k8s.io limitranges services leases.coordination.k8s.io runtimeclasses.node.k8s.io
  clusterroles.rbac.authorization.k8s.io clusterrolebindings.rbac.authorization.k8s.io
  roles.rbac.authorization.k8s.io rolebindings.rbac.authorization.k8s.io
`);

/** Strategies without AllowUnconditionalUpdate. */
const CONDITIONAL_UPDATE = set(`
  serviceaccounts poddisruptionbudgets.policy leases.coordination.k8s.io runtimeclasses.node.k8s.io
  csidrivers.storage.k8s.io csinodes.storage.k8s.io csistoragecapacities.storage.k8s.io volumeattachments.storage.k8s.io
  apiservices.apiregistration.k8s.io customresourcedefinitions.apiextensions.k8s.io
  mutatingadmissionpolicies.admissionregistration.k8s.io mutatingadmissionpolicybindings.admissionregistration.k8s.io
  mutatingwebhookconfigurations.admissionregistration.k8s.io validatingadmissionpolicies.admissionregistration.k8s.io
  validatingadmissionpolicybindings.admissionregistration.k8s.io validatingwebhookconfigurations.admissionregistration.k8s.io
`);

/** Storages with ReturnDeletedObject. */
const RETURNS_DELETED = set(`
  pods podtemplates resourcequotas serviceaccounts services persistentvolumes persistentvolumeclaims
  csidrivers.storage.k8s.io csinodes.storage.k8s.io storageclasses.storage.k8s.io volumeattachments.storage.k8s.io
  volumeattributesclasses.storage.k8s.io deviceclasses.resource.k8s.io resourceclaims.resource.k8s.io
  resourceclaimtemplates.resource.k8s.io resourceslices.resource.k8s.io
`);

const NO_GARBAGE_COLLECTION = set('events events.events.k8s.io');
const ORPHANS_DEPENDENTS = set('replicationcontrollers jobs.batch');

/** Where kube-apiserver keeps a resource in etcd, when that is not its plural. */
const REGISTRY_PATHS: Record<string, string> = {
  endpoints: 'services/endpoints',
  services: 'services/specs',
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  'ingresses.networking.k8s.io': 'ingress',
  'apiservices.apiregistration.k8s.io': 'apiregistration.k8s.io/apiservices',
  'customresourcedefinitions.apiextensions.k8s.io': 'apiextensions.k8s.io/customresourcedefinitions',
};

/** Kinds that Kubernetes still keeps in an older version. */
const STORAGE_VERSIONS: Record<string, string> = {
  'customresourcedefinitions.apiextensions.k8s.io': 'v1beta1',
  'mutatingadmissionpolicies.admissionregistration.k8s.io': 'v1beta1',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': 'v1beta1',
};

const RESET_FIELDS: Record<string, readonly string[]> = { 'certificatesigningrequests.certificates.k8s.io': ['spec'] };

type KeptMetadata = ViewSubresource['keepsMetadata'];

/** What of metadata a write of the status leaves as it is. */
const STATUS_KEEPS: Record<string, KeptMetadata> = {
  pods: ['ownerReferences'],
  'deployments.apps': ['labels'],
  'apiservices.apiregistration.k8s.io': true,
  'customresourcedefinitions.apiextensions.k8s.io': true,
  'flowschemas.flowcontrol.apiserver.k8s.io': true,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': true,
  'resourceclaims.resource.k8s.io': true,
  'validatingadmissionpolicies.admissionregistration.k8s.io': true,
  'volumeattachments.storage.k8s.io': true,
};

const idOf = (group: string, plural: string): string => (group ? `${plural}.${group}` : plural);

export const statusKeeps = (group: string, plural: string): KeptMetadata => STATUS_KEEPS[idOf(group, plural)] ?? false;

/** What kubernetes/pkg/registry says of a kind's strategy and storage. */
export function behaviourOf(group: string, plural: string): Behaviour {
  const id = idOf(group, plural);
  return {
    ...(STORAGE_VERSIONS[id] ? { storageVersion: STORAGE_VERSIONS[id] } : {}),
    hasGeneration: GENERATION.has(id),
    ...(GENERATION_COVERS[id] ? { generationCovers: GENERATION_COVERS[id] } : {}),
    ...(RESET_FIELDS[id] ? { resetFields: RESET_FIELDS[id] } : {}),
    createOnUpdate: CREATE_ON_UPDATE.has(id),
    unconditionalUpdate: !CONDITIONAL_UPDATE.has(id),
    returnsDeleted: RETURNS_DELETED.has(id),
    ...(NO_GARBAGE_COLLECTION.has(id) ? { defaultPropagation: 'Unsupported' as const } : {}),
    ...(ORPHANS_DEPENDENTS.has(id) ? { defaultPropagation: 'Orphan' as const } : {}),
    ...(REGISTRY_PATHS[id] ? { registryPath: REGISTRY_PATHS[id] } : {}),
  };
}
