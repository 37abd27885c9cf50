import type { UserInfo } from '@windlass/meta';
import type { Authenticator, Credentials } from '../seams.ts';
import { ANONYMOUS, UNAUTHENTICATED } from './groups.ts';

/** Whoever brought no credentials is system:anonymous, on the paths where that is allowed. The last to be asked. */
export class AnonymousAuthenticator implements Authenticator {
  readonly #allowed: (path: string) => boolean;

  /** @param allowed whether a path, decoded and without its query, may be asked for by anybody */
  constructor(allowed: (path: string) => boolean = () => true) {
    this.#allowed = allowed;
  }

  authenticate({ path }: Credentials): UserInfo | undefined {
    return this.#allowed(path) ? { username: ANONYMOUS, groups: [UNAUTHENTICATED] } : undefined;
  }
}
