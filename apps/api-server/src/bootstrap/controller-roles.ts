import type { AnyObject } from '@windlass/meta';

const RBAC = 'rbac.authorization.k8s.io';
const core = (verbs: string[], ...resources: string[]) => ({ apiGroups: [''], resources, verbs });

/**
 * What controllers here need beyond Kubernetes' `system:controller:` roles, by their service account: some patch what those of Kubernetes
 * update, and the built-in provisioner is an add-on there.
 */
const RULES: Record<string, object[]> = {
  'certificate-controller': [
    core(['list'], 'nodes'),
    core(['get'], 'services'),
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
    {
      apiGroups: ['certificates.k8s.io'],
      resources: ['signers'],
      resourceNames: ['kubernetes.io/kubelet-serving'],
      verbs: ['approve'],
    },
  ],
  'persistent-volume-binder': [
    core(['patch'], 'persistentvolumes', 'persistentvolumes/status', 'persistentvolumeclaims', 'persistentvolumeclaims/status'),
  ],
  'pv-protection-controller': [core(['patch'], 'persistentvolumes')],
  'pvc-protection-controller': [core(['patch'], 'persistentvolumeclaims')],
  'service-controller': [core(['patch'], 'services')],
  'statefulset-controller': [core(['patch'], 'persistentvolumeclaims')],
  'windlass-local-provisioner': [
    core(['create', 'delete', 'get', 'patch'], 'persistentvolumes'),
    core(['patch'], 'persistentvolumeclaims'),
    core(['get'], 'nodes'),
    core(['delete'], 'nodes/proxy'),
    { apiGroups: ['storage.k8s.io'], resources: ['csidrivers', 'storageclasses'], verbs: ['create'] },
    { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
};

const nameOf = (account: string): string => `windlass:controller:${account}`;

export const CONTROLLER_ROLES: Record<string, AnyObject[]> = {
  [`${RBAC}/clusterroles`]: Object.entries(RULES).map(
    ([account, rules]) => ({ metadata: { name: nameOf(account) }, rules }) as unknown as AnyObject,
  ),
  [`${RBAC}/clusterrolebindings`]: Object.keys(RULES).map(
    (account) =>
      ({
        metadata: { name: nameOf(account) },
        roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: nameOf(account) },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'kube-system' }],
      }) as unknown as AnyObject,
  ),
};
