import type { AnyObject } from '@windlass/meta';
import type { ClusterPki } from '@windlass/pki';
import { NODE_BOOTSTRAPPERS } from '@windlass/resources';
import { stringify } from 'yaml';
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
const CONFIG_READERS = { name: 'kubeadm:nodes-kubeadm-config', namespace: 'kube-system' };
const CLUSTER_INFO_READERS = { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: 'kube-public' };

/** What kubeadm gives to machines that join with a bootstrap token, under its names: `kubeadm token create` makes tokens for this too. */
export const JOINING_ROLES: Record<string, AnyObject[]> = {
  [`${RBAC}/clusterroles`]: [
    { metadata: { name: 'kubeadm:get-nodes' }, rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] },
    {
      metadata: { name: 'windlass:selfnodeserver' },
      rules: [
        { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/selfnodeserver'], verbs: ['create'] },
      ],
    },
  ] as unknown as AnyObject[],
  [`${RBAC}/clusterrolebindings`]: [
    clusterRoleBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', group(NODE_BOOTSTRAPPERS)),
    clusterRoleBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', group(NODE_BOOTSTRAPPERS)),
    clusterRoleBinding('kubeadm:node-autoapprove-bootstrap', `${CSR}:nodeclient`, group(NODE_BOOTSTRAPPERS)),
    clusterRoleBinding('kubeadm:node-autoapprove-certificate-rotation', `${CSR}:selfnodeclient`, group('system:nodes')),
    clusterRoleBinding('windlass:node-autoapprove-serving', 'windlass:selfnodeserver', group('system:nodes')),
  ] as unknown as AnyObject[],
  [`${RBAC}/roles`]: [
    {
      metadata: CLUSTER_INFO_READERS,
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['cluster-info'], verbs: ['get'] }],
    },
    {
      metadata: CONFIG_READERS,
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['kubeadm-config'], verbs: ['get'] }],
    },
  ] as unknown as AnyObject[],
  [`${RBAC}/rolebindings`]: [
    {
      metadata: CLUSTER_INFO_READERS,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: CLUSTER_INFO_READERS.name },
      subjects: [{ kind: 'User', apiGroup: RBAC, name: 'system:anonymous' }],
    },
    {
      metadata: CONFIG_READERS,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: CONFIG_READERS.name },
      subjects: [group(NODE_BOOTSTRAPPERS), group('system:nodes')],
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

const hostPort = ({ host, port }: { host: string; port: number }): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** kubeadm's ClusterConfiguration, as far as machines that join need it. */
const clusterConfiguration = ({ advertise, clusterCidr, serviceCidr, clusterDomain }: ApiServerConfig): string =>
  stringify({
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'ClusterConfiguration',
    clusterName: 'kubernetes',
    controlPlaneEndpoint: advertise && hostPort(advertise),
    networking: { dnsDomain: clusterDomain ?? 'cluster.local', podSubnet: clusterCidr, serviceSubnet: serviceCidr },
  });

/** Creates a ConfigMap, or writes the given keys of one that differs. */
async function ensureData(bootstrap: Bootstrap, namespace: string, name: string, data: Record<string, string>): Promise<void> {
  const existing = bootstrap.reader.get('', 'configmaps', namespace, name);
  if (!existing)
    return ensureObject(bootstrap, '', 'configmaps', { metadata: { name, namespace }, data } as unknown as AnyObject);
  if (Object.entries(data).every(([key, value]) => existing.data?.[key] === value)) return;
  await bootstrap.writer.modify('', 'configmaps', namespace, name, (object) => ({
    ...object,
    data: { ...object.data, ...data },
  }));
}

/**
 * For machines that join, where kubeadm has it: kube-public/cluster-info says where the API server is and its authority (signed by the
 * bootstrapsigner), kube-system/kubeadm-config what networks there are.
 */
export async function ensureClusterInfo(bootstrap: Bootstrap, pki: ClusterPki, config: ApiServerConfig): Promise<void> {
  if (!config.advertise) return;
  const server = `https://${hostPort(config.advertise)}`;
  await ensureData(bootstrap, 'kube-public', 'cluster-info', { kubeconfig: kubeconfig(server, pki.caCert) });
  if (config.clusterCidr)
    await ensureData(bootstrap, 'kube-system', 'kubeadm-config', { ClusterConfiguration: clusterConfiguration(config) });
}
