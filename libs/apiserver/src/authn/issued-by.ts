import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from '../seams.ts';

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM bundle. */
export const certificatesOf = (pem: string): X509Certificate[] =>
  (pem.match(CERTIFICATES) ?? []).map((text) => new X509Certificate(text));

/** Intermediates that are followed; a root ends the chain before it. */
const LONGEST_CHAIN = 8;

/**
 * Whether one of these authorities stands at the end of the peer's chain. TLS has verified lifetimes, purposes and signatures, but
 * against all authorities that the server knows: this says which of them it was.
 */
export function issuedBy(peer: PeerCertificate, authorities: readonly X509Certificate[]): boolean {
  let link: PeerCertificate | undefined = peer;
  for (let depth = 0; link && depth < LONGEST_CHAIN; depth++) {
    const certificate = new X509Certificate(link.raw);
    if (authorities.some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey)))
      return true;
    link = link.issuerCertificate === link ? undefined : link.issuerCertificate;
  }
  return false;
}
