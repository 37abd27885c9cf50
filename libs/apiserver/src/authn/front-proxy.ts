import type { X509Certificate } from 'node:crypto';
import type { UserInfo } from '@windlass/meta';
import type { Authenticator, Credentials, PeerCertificate } from '../seams.ts';
import { commonName } from './client-certificate.ts';
import { withAuthenticated } from './groups.ts';
import { certificatesOf, issuedBy } from './issued-by.ts';
import { headerValues, prefixedHeaders } from './raw-headers.ts';

/** kube-apiserver's --requestheader-* flags. Header names in any case. */
export interface FrontProxyOptions {
  /** PEM bundle: who issues the certificates of proxies. */
  ca: string;
  /** Common names of the proxies. Empty: every certificate of `ca`. */
  allowedNames: readonly string[];
  usernameHeaders: readonly string[];
  uidHeaders: readonly string[];
  groupHeaders: readonly string[];
  extraPrefixes: readonly string[];
}

const filled = (rawHeaders: readonly string[], names: readonly string[]): string[] =>
  names.flatMap((name) => headerValues(rawHeaders, name.toLowerCase())).filter((value) => value !== '');

/** Believes the headers of a proxy that has authenticated the user itself, when the proxy shows a certificate of its own. */
export class FrontProxyAuthenticator implements Authenticator {
  readonly #options: FrontProxyOptions;
  readonly #authorities: readonly X509Certificate[];
  readonly #trusted = new WeakMap<object, boolean>();

  constructor(options: FrontProxyOptions) {
    this.#options = options;
    this.#authorities = certificatesOf(options.ca);
  }

  authenticate({ peerCertificate, rawHeaders }: Credentials): UserInfo | undefined {
    if (!peerCertificate || !this.#isProxy(peerCertificate)) return undefined;
    const { usernameHeaders, uidHeaders, groupHeaders, extraPrefixes } = this.#options;
    const [username] = filled(rawHeaders, usernameHeaders);
    if (!username) return undefined;
    const [uid] = filled(rawHeaders, uidHeaders);
    const extra = Object.assign({}, ...extraPrefixes.map((prefix) => prefixedHeaders(rawHeaders, prefix.toLowerCase())));
    return withAuthenticated({
      username,
      ...(uid ? { uid } : {}),
      groups: filled(rawHeaders, groupHeaders),
      ...(Object.keys(extra).length > 0 ? { extra } : {}),
    });
  }

  #isProxy(peer: PeerCertificate): boolean {
    let trusted = this.#trusted.get(peer);
    if (trusted === undefined) {
      const { allowedNames } = this.#options;
      trusted = issuedBy(peer, this.#authorities) && (allowedNames.length === 0 || allowedNames.includes(commonName(peer)));
      this.#trusted.set(peer, trusted);
    }
    return trusted;
  }
}
