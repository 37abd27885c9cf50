import { detachedSignature } from '@windlass/pki';
import { bootstrapTokenOf, type Secret } from '@windlass/resources';

const PREFIX = 'jws-kubeconfig-';

/** The data of cluster-info with its kubeconfig signed by every token that may sign, and by no other; as it is without a kubeconfig. */
export function signedData(data: Record<string, string>, secrets: readonly Secret[], now: Date): Record<string, string> {
  const { kubeconfig } = data;
  if (kubeconfig === undefined) return data;
  const rest = Object.entries(data).filter(([key]) => !key.startsWith(PREFIX));
  const signatures = secrets.flatMap((secret) => {
    const token = bootstrapTokenOf(secret, 'signing', now);
    return token ? [[PREFIX + token.id, detachedSignature(kubeconfig, token.id, token.secret)] as const] : [];
  });
  return Object.fromEntries([...rest, ...signatures]);
}
