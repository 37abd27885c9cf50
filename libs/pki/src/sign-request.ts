import { sign } from './certificate.ts';
import type { KeyPair } from './keys.ts';
import { requestedNames, type SigningRequest } from './signing-request.ts';
import { x509 } from './x509.ts';

const BACKDATE_MS = 5 * 60_000;
const SHORT_MS = 8 * 3_600_000;

/**
 * From five minutes ago to the end of `seconds`, which counts from there unless it is short; never beyond the authority's own end.
 * (pkg/controller/certificates/authority/policies.go)
 * @throws Error when the authority has expired
 */
export function validityOf(seconds: number, now: Date, authorityEnds: Date): { notBefore: Date; notAfter: Date } {
  const ttl = seconds * 1000;
  if (now >= authorityEnds)
    throw new Error(`refusing to sign a certificate that expired in the past: NotAfter=${authorityEnds.toISOString()}`);
  const end = now.getTime() + (ttl < SHORT_MS ? ttl : ttl - BACKDATE_MS);
  return {
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(Math.min(end, authorityEnds.getTime())),
  };
}

export interface SigningPolicy {
  /** Of certificates.k8s.io. */
  usages: readonly string[];
  seconds: number;
  now: Date;
}

/**
 * Certifies what a request asks for: its subject, public key and alternative names.
 * @returns PEM
 * @throws Error when the request was not signed by its key, the authority has expired, or a usage is unknown
 */
export async function signRequest(authority: KeyPair, parsed: SigningRequest, policy: SigningPolicy): Promise<string> {
  const { request } = parsed;
  if (!(await request.verify())) throw new Error('unable to verify certificate request signature');
  return sign(authority, {
    subject: request.subjectName,
    publicKey: request.publicKey,
    usages: policy.usages,
    alternativeNames: requestedNames(parsed),
    ...validityOf(policy.seconds, policy.now, new x509.X509Certificate(authority.cert).notAfter),
  });
}
