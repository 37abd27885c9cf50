import type { AuthenticationConfiguration } from './configuration.ts';

/**
 * Probes and load balancers have no credentials; the version is no secret; who is to join reads where the cluster is (kubeadm's
 * discovery by token), which the token's signature proves.
 */
const OPEN = /^\/(?:version|(?:healthz|livez|readyz)(?:\/.*)?|api\/v1\/namespaces\/kube-public\/configmaps\/cluster-info)$/;

/**
 * Which paths may be asked for without credentials; what is found there is still authorization's to decide.
 * @param everywhere kube-apiserver's --anonymous-auth, where the file says nothing. Its own default there is true, ours is not
 */
export function anonymousPaths(
  { anonymous }: Pick<AuthenticationConfiguration, 'anonymous'>,
  everywhere = false,
): (path: string) => boolean {
  if (!anonymous) return everywhere ? () => true : (path) => OPEN.test(path);
  if (!anonymous.enabled) return () => false;
  if (!anonymous.conditions?.length) return () => true;
  const paths = new Set(anonymous.conditions.map(({ path }) => path));
  return (path) => paths.has(path);
}
