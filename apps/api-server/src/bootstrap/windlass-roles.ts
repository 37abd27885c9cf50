import type { AnyObject } from '@windlass/meta';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['list', 'watch'];

/**
 * What Kubernetes leaves to add-ons and we have built in, as the user of the node's network part: DNS reads what CoreDNS reads (kubeadm's
 * system:coredns), network policies are read beside the pods that they select. A machine that joined has one identity for all (ADR 58).
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
    {
      metadata: { name: 'windlass:network-policy' },
      rules: [{ apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: READ }],
    },
  ] as unknown as AnyObject[],
  [`${RBAC}/clusterrolebindings`]: [
    { name: 'system:coredns', role: 'system:coredns' },
    { name: 'windlass:network-policy', role: 'windlass:network-policy' },
    { name: 'windlass:node-proxier', role: 'system:node-proxier' },
  ].map(({ name, role }) => ({
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [
      { kind: 'User', apiGroup: RBAC, name: 'system:kube-proxy' },
      { kind: 'Group', apiGroup: RBAC, name: 'system:nodes' },
    ],
  })) as unknown as AnyObject[],
};
