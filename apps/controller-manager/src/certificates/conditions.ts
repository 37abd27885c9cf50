import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '@windlass/resources';

export const conditionOf = (request: CertificateSigningRequest, type: string): CertificateSigningRequestCondition | undefined =>
  request.status?.conditions?.find((condition) => condition.type === type);

export function withCondition(
  request: CertificateSigningRequest,
  condition: Omit<CertificateSigningRequestCondition, 'status'>,
): CertificateSigningRequest {
  const conditions = [...(request.status?.conditions ?? []), { status: 'True', ...condition }];
  return { ...request, status: { ...request.status, conditions } };
}

/** The PEM text of `spec.request` or `status.certificate`. */
export const pemText = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');
