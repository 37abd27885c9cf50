import type { AdmissionAttributes } from '@windlass/apiserver';
import type { CertificateSigningRequest } from '@windlass/resources';
import { requestOf } from '../certificates/parse.ts';

const SIGNERS = ['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'];

/** A node asks for certificates in its own name only. */
export function requestRefusal({ operation, subresource, object, user }: AdmissionAttributes): string | undefined {
  if (operation !== 'CREATE' || subresource !== '') return undefined;
  const request = object as unknown as CertificateSigningRequest;
  if (!SIGNERS.includes(request.spec?.signerName ?? '')) return undefined;
  let commonName: string;
  try {
    ({ commonName } = requestOf(request));
  } catch (error) {
    return `unable to parse csr: ${(error as Error).message}`;
  }
  return commonName === user.username ? undefined : `can only create a node CSR with CN=${user.username}`;
}
