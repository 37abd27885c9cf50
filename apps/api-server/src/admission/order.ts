import type { AdmissionPlugin } from '@windlass/apiserver';

/** kube-apiserver's order of the plugins that it enables by default (pkg/kubeapiserver/options/plugins.go). */
const ORDER = [
  'NamespaceLifecycle',
  'LimitRanger',
  'ServiceAccount',
  'NodeRestriction',
  'TaintNodesByCondition',
  'PodSecurity',
  'Priority',
  'DefaultTolerationSeconds',
  'DefaultStorageClass',
  'PersistentVolumeClaimResize',
  'StorageObjectInUseProtection',
  'RuntimeClass',
  'CertificateApproval',
  'CertificateSigning',
  'ClusterTrustBundleAttest',
  'CertificateSubjectRestriction',
  'DefaultIngressClass',
  'PodTopologyLabels',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
  'ResourceQuota',
  'RBACEscalation',
];

/** Puts plugins into Kubernetes' order, whoever added them when. @throws Error for a plugin that has no place in it */
export function sortPlugins(plugins: AdmissionPlugin[]): void {
  const stranger = plugins.find(({ name }) => !ORDER.includes(name));
  if (stranger) throw new Error(`admission plugin ${stranger.name} has no place in the order`);
  plugins.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}
