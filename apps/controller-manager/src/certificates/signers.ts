import type { SigningRequest } from '@windlass/pki';
import { kubeletClientError, kubeletServingError } from './node-certificates.ts';

function clientUsageError(_: SigningRequest, usages: readonly string[]): string | undefined {
  const strange = usages.find((usage) => !['digital signature', 'key encipherment', 'client auth'].includes(usage));
  if (strange !== undefined) return `invalid usage for client certificate: ${strange}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

/** Why a signer does not sign a request; undefined when it does. (pkg/controller/certificates/signer) */
export const signers: Record<string, (request: SigningRequest, usages: readonly string[]) => string | undefined> = {
  'kubernetes.io/kubelet-serving': kubeletServingError,
  'kubernetes.io/kube-apiserver-client-kubelet': kubeletClientError,
  'kubernetes.io/kube-apiserver-client': clientUsageError,
  'kubernetes.io/legacy-unknown': () => undefined,
};

const MINIMUM = 600;

/** Seconds that a certificate lasts: what was asked for, from ten minutes to `longest`. */
export const lifetime = (asked: number | undefined, longest: number): number =>
  asked === undefined ? longest : Math.min(longest, Math.max(MINIMUM, asked));
