import type { AnyObject } from '@windlass/meta';
import type { ClusterPki } from '@windlass/pki';
import { NODE_BOOTSTRAPPERS } from '@windlass/resources';
import type { ApiServerConfig } from '../config.ts';
import { type Bootstrap, ensureObject } from './ensure.ts';

const RBAC = 'rbac.authorization.k8s.io';
const CSR = 'system:certificates.k8s.io:certificatesigningrequests';
const group = (name: string) => ({ kind: 'Group', apiGroup: RBAC, name });
const clusterRoleBinding = (name: string, role: string, subject: object) => ({
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
  subjects: [subject],
});
const CLUSTER_INFO_READERS = { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: 'kube-public' };

/** What kubeadm gives to machines that join with a bootstrap token, under its names: `kubeadm token create` makes tokens for this too. */
export const JOINING_ROLES: Record<string, AnyObject[]> = {
  [`${RBAC}/clusterroles`]: [
    { metadata: { name: 'kubeadm:get-nodes' }, rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] },
  ] as unknown as AnyObject[],
  [`${RBAC}/clusterrolebindings`]: [
    clusterRoleBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', group(NODE_BOOTSTRAPPERS)),
    clusterRoleBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', group(NODE_BOOTSTRAPPERS)),
    clusterRoleBinding('kubeadm:node-autoapprove-bootstrap', `${CSR}:nodeclient`, group(NODE_BOOTSTRAPPERS)),
    clusterRoleBinding('kubeadm:node-autoapprove-certificate-rotation', `${CSR}:selfnodeclient`, group('system:nodes')),
  ] as unknown as AnyObject[],
  [`${RBAC}/roles`]: [
    {
      metadata: CLUSTER_INFO_READERS,
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['cluster-info'], verbs: ['get'] }],
    },
  ] as unknown as AnyObject[],
  [`${RBAC}/rolebindings`]: [
    {
      metadata: CLUSTER_INFO_READERS,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: CLUSTER_INFO_READERS.name },
      subjects: [{ kind: 'User', apiGroup: RBAC, name: 'system:anonymous' }],
    },
  ] as unknown as AnyObject[],
};

const kubeconfig = (server: string, ca: string): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${Buffer.from(ca).toString('base64')}
    server: ${server}
  name: ""
contexts: null
current-context: ""
kind: Config
preferences: {}
users: null
`;

/** ConfigMap kube-public/cluster-info: where the API server is and its authority, for who joins; signed by the bootstrapsigner. */
export async function ensureClusterInfo(bootstrap: Bootstrap, pki: ClusterPki, { advertise }: ApiServerConfig): Promise<void> {
  if (!advertise) return;
  const host = advertise.host.includes(':') ? `[${advertise.host}]` : advertise.host;
  const data = { kubeconfig: kubeconfig(`https://${host}:${advertise.port}`, pki.caCert) };
  const existing = bootstrap.reader.get('', 'configmaps', 'kube-public', 'cluster-info');
  if (existing?.data?.kubeconfig === data.kubeconfig) return;
  const metadata = { name: 'cluster-info', namespace: 'kube-public' };
  if (!existing) return ensureObject(bootstrap, '', 'configmaps', { metadata, data } as unknown as AnyObject);
  await bootstrap.writer.modify('', 'configmaps', 'kube-public', 'cluster-info', (object) => ({
    ...object,
    data: { ...object.data, ...data },
  }));
}
