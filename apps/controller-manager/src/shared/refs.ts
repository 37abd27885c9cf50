import type { ResourceRef } from '@windlass/client';
import { apiVersionOf } from '@windlass/meta';

const ref = (
  group: string,
  version: string,
  resource: string,
  kind: string,
  namespaced = true,
): ResourceRef & { kind: string } => ({
  group,
  version,
  resource,
  namespaced,
  kind,
});

/** Every resource that a controller here reads or writes. */
export const refs = {
  pods: ref('', 'v1', 'pods', 'Pod'),
  services: ref('', 'v1', 'services', 'Service'),
  endpoints: ref('', 'v1', 'endpoints', 'Endpoints'),
  nodes: ref('', 'v1', 'nodes', 'Node', false),
  namespaces: ref('', 'v1', 'namespaces', 'Namespace', false),
  configMaps: ref('', 'v1', 'configmaps', 'ConfigMap'),
  secrets: ref('', 'v1', 'secrets', 'Secret'),
  serviceAccounts: ref('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  replicationControllers: ref('', 'v1', 'replicationcontrollers', 'ReplicationController'),
  resourceQuotas: ref('', 'v1', 'resourcequotas', 'ResourceQuota'),
  persistentVolumes: ref('', 'v1', 'persistentvolumes', 'PersistentVolume', false),
  persistentVolumeClaims: ref('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  deployments: ref('apps', 'v1', 'deployments', 'Deployment'),
  replicaSets: ref('apps', 'v1', 'replicasets', 'ReplicaSet'),
  statefulSets: ref('apps', 'v1', 'statefulsets', 'StatefulSet'),
  daemonSets: ref('apps', 'v1', 'daemonsets', 'DaemonSet'),
  controllerRevisions: ref('apps', 'v1', 'controllerrevisions', 'ControllerRevision'),
  jobs: ref('batch', 'v1', 'jobs', 'Job'),
  cronJobs: ref('batch', 'v1', 'cronjobs', 'CronJob'),
  horizontalPodAutoscalers: ref('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  podDisruptionBudgets: ref('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  endpointSlices: ref('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice'),
  events: ref('', 'v1', 'events', 'Event'),
  leases: ref('coordination.k8s.io', 'v1', 'leases', 'Lease'),
  clusterRoles: ref('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false),
  certificateSigningRequests: ref('certificates.k8s.io', 'v1', 'certificatesigningrequests', 'CertificateSigningRequest', false),
  csiDrivers: ref('storage.k8s.io', 'v1', 'csidrivers', 'CSIDriver', false),
  subjectAccessReviews: ref('authorization.k8s.io', 'v1', 'subjectaccessreviews', 'SubjectAccessReview', false),
  storageClasses: ref('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false),
} as const;

export const apiVersionOfRef = (r: ResourceRef): string => apiVersionOf(r.group, r.version);
