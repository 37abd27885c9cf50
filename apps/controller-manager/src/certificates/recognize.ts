import type { SigningRequest } from '@windlass/pki';
import type { CertificateSigningRequest, Node } from '@windlass/resources';
import { kubeletClientError, kubeletServingError } from './node-certificates.ts';

/** A kind of request that is approved when the requester may create the subresource. */
export interface Recognized {
  subresource: 'selfnodeclient' | 'nodeclient' | 'selfnodeserver';
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

export interface ServingFacts {
  nodes: readonly Node[];
  /** Under which the API server is reached, inside the cluster and out. */
  apiServerAddresses: readonly string[];
}

const addressesOf = ({ status }: Node): string[] =>
  (status?.addresses ?? []).filter(({ type }) => type.endsWith('IP')).map(({ address }) => address);

/**
 * How a request of a kubelet for its serving certificate may be approved: for addresses of its own node and no other's, for no names, and never
 * for the API server's address, so that a node cannot pose as anything else. Kubernetes leaves all of them to an administrator. (ADR 58)
 */
export function recognizeServing({ spec }: CertificateSigningRequest, parsed: SigningRequest, facts: ServingFacts): Recognized[] {
  if (spec.signerName !== 'kubernetes.io/kubelet-serving' || kubeletServingError(parsed, spec.usages ?? [])) return [];
  const name = parsed.commonName.replace(/^system:node:/, '');
  const own = facts.nodes.find(({ metadata }) => metadata.name === name);
  if (!own || spec.username !== parsed.commonName || parsed.dnsNames.length > 0) return [];
  const others = facts.nodes.filter((node) => node !== own).flatMap(addressesOf);
  const foreign = new Set([...others, ...facts.apiServerAddresses]);
  const mine = addressesOf(own);
  if (!parsed.ipAddresses.every((address) => mine.includes(address) && !foreign.has(address))) return [];
  return [
    { subresource: 'selfnodeserver', message: 'Auto approving self kubelet serving certificate after SubjectAccessReview.' },
  ];
}
