import { parseSigningRequest, type SigningRequest } from '@windlass/pki';
import type { CertificateSigningRequest } from '@windlass/resources';

/** The request inside a CertificateSigningRequest. @throws Error when it is none */
export const requestOf = ({ spec }: CertificateSigningRequest): SigningRequest =>
  parseSigningRequest(Buffer.from(spec.request, 'base64').toString('latin1'));
