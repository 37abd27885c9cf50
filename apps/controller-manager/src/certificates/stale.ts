import { expiryOf } from '@windlass/pki';
import type { CertificateSigningRequest } from '@windlass/resources';
import { conditionOf, pemText } from './conditions.ts';

const HOUR_MS = 3_600_000;
const DECIDED_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;

function expiry(certificate: string): number | undefined {
  try {
    return expiryOf(pemText(certificate)).getTime();
  } catch {
    return undefined;
  }
}

/**
 * When a request is of no more use, in milliseconds since the epoch: an hour after it was issued, denied or failed, a day after it was
 * made or approved in vain, or when its certificate expires. (pkg/controller/certificates/cleaner)
 */
export function staleAt(request: CertificateSigningRequest): number {
  const { certificate } = request.status ?? {};
  const since = (type: string): number => Date.parse(conditionOf(request, type)?.lastUpdateTime ?? '');
  const ends = [
    certificate ? since('Approved') + DECIDED_MS : since('Approved') + PENDING_MS,
    since('Denied') + DECIDED_MS,
    since('Failed') + DECIDED_MS,
    request.status?.conditions?.length ? Number.NaN : Date.parse(request.metadata.creationTimestamp ?? '') + PENDING_MS,
    certificate ? (expiry(certificate) ?? Number.NaN) : Number.NaN,
  ];
  return Math.min(...ends.filter((end) => !Number.isNaN(end)));
}
