import { createHash, type X509Certificate } from 'node:crypto';
import type { UserInfo } from '@windlass/meta';
import type { Authenticator, Credentials, PeerCertificate } from '../seams.ts';
import { withAuthenticated } from './groups.ts';
import { certificatesOf, issuedBy } from './issued-by.ts';

const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** The last one counts, as in Go's pkix.Name. */
export const commonName = ({ subject }: PeerCertificate): string => list(subject.CN).at(-1) ?? '';

/** CN is the user, every O a group, of certificates that the client CA issued. One answer per connection. */
export class ClientCertificateAuthenticator implements Authenticator {
  readonly #authorities: readonly X509Certificate[];
  readonly #users = new WeakMap<object, UserInfo | undefined>();

  /** @param ca PEM bundle: the authorities whose word counts here, which may be fewer than TLS knows */
  constructor(ca: string) {
    this.#authorities = certificatesOf(ca);
  }

  authenticate({ peerCertificate }: Credentials): UserInfo | undefined {
    if (!peerCertificate) return undefined;
    if (!this.#users.has(peerCertificate)) this.#users.set(peerCertificate, this.#userOf(peerCertificate));
    return this.#users.get(peerCertificate);
  }

  #userOf(peer: PeerCertificate): UserInfo | undefined {
    const username = commonName(peer);
    if (!username || !issuedBy(peer, this.#authorities)) return undefined;
    const fingerprint = createHash('sha256').update(peer.raw).digest('hex');
    const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] };
    return withAuthenticated({ username, groups: list(peer.subject.O), extra });
  }
}
