import type { UserInfo } from '@windlass/meta';
import type { Authenticator, Credentials } from '../seams.ts';

const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** CN is the user, every O a group. The TLS layer has verified the chain. One answer per connection. */
export class ClientCertificateAuthenticator implements Authenticator {
  readonly #users = new WeakMap<object, UserInfo>();

  authenticate({ peerCertificate }: Credentials): UserInfo | undefined {
    if (!peerCertificate) return undefined;
    let user = this.#users.get(peerCertificate);
    if (!user) {
      const [username] = list(peerCertificate.subject.CN);
      if (!username) return undefined;
      user = { username, groups: [...list(peerCertificate.subject.O), 'system:authenticated'] };
      this.#users.set(peerCertificate, user);
    }
    return user;
  }
}
