import type { AnyObject } from '@windlass/meta';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['list', 'watch'];

/**
 * What Kubernetes leaves to add-ons and we have built in: DNS on every node reads what CoreDNS reads (kubeadm's system:coredns), as the
 * user of the node's network part.
 */
export const WINDLASS_ROLES: Record<string, AnyObject[]> = {
  [`${RBAC}/clusterroles`]: [
    {
      metadata: { name: 'system:coredns' },
      rules: [
        { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: READ },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
      ],
    },
  ] as unknown as AnyObject[],
  [`${RBAC}/clusterrolebindings`]: [
    {
      metadata: { name: 'system:coredns' },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [{ kind: 'User', apiGroup: RBAC, name: 'system:kube-proxy' }],
    },
  ] as unknown as AnyObject[],
};
