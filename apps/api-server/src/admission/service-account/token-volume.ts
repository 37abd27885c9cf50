import type { Container, Pod, ServiceAccount } from '@windlass/resources';

const PREFIX = 'kube-api-access-';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The pod's own word counts more than the account's; without either, yes. */
export const wantsToken = (account: ServiceAccount, { spec }: Pod): boolean =>
  spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;

/** A token of an hour (and the seven seconds by which Kubernetes tells this volume from others), the cluster CA, the namespace. */
const tokenSources = () => ({
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ],
  defaultMode: 0o644,
});

const mountsToken = (container: Container): boolean =>
  container.volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH) ?? false;

/** Mounts the account's token in every container that has nothing there yet. `suffix` makes the volume's name unique. */
export function mountToken({ spec }: Pod, suffix: string): void {
  const existing = spec.volumes?.find(({ name }) => name.startsWith(PREFIX))?.name;
  const name = existing ?? PREFIX + suffix;
  const lacking = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter((container) => !mountsToken(container));
  for (const container of lacking)
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }];
  if (existing === undefined && lacking.length > 0) spec.volumes = [...(spec.volumes ?? []), { name, projected: tokenSources() }];
}
