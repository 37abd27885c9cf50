import type { SigningRequest } from '@windlass/pki';
import type { CertificateSigningRequest } from '@windlass/resources';
import { kubeletClientError } from './node-certificates.ts';

/** A kind of request that is approved when the requester may create the subresource. */
export interface Recognized {
  subresource: 'selfnodeclient' | 'nodeclient';
  message: string;
}

/** How a request of a kubelet for its client certificate may be approved, the narrower permission first. (csrapproving) */
export function recognize({ spec }: CertificateSigningRequest, parsed: SigningRequest): Recognized[] {
  if (spec.signerName !== 'kubernetes.io/kube-apiserver-client-kubelet') return [];
  if (kubeletClientError(parsed, spec.usages ?? [])) return [];
  const any: Recognized = {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  };
  const own: Recognized = {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  };
  return spec.username === parsed.commonName ? [own, any] : [any];
}
