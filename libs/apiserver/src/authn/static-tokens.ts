import { createHash } from 'node:crypto';
import type { UserInfo } from '@windlass/meta';
import type { Authenticator, Credentials } from '../seams.ts';

/** The token of an `Authorization: Bearer` header. */
export const bearerToken = ({ headers }: Credentials): string | undefined =>
  /^Bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

/** kube-apiserver's token file: `token,user,uid[,"group1,group2"]` per line. Tokens are kept and compared as digests. */
export class StaticTokenAuthenticator implements Authenticator {
  readonly #users = new Map<string, UserInfo>();

  constructor(csv: string) {
    for (const line of csv.split('\n')) {
      const fields = [...line.trim().matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2] ?? '');
      const [token, username, uid, groups] = fields;
      if (!token || !username) continue;
      this.#users.set(digest(token), {
        username,
        ...(uid ? { uid } : {}),
        groups: [...(groups ? groups.split(',').map((group) => group.trim()) : []), 'system:authenticated'],
      });
    }
  }

  authenticate(credentials: Credentials): UserInfo | undefined {
    const token = bearerToken(credentials);
    return token ? this.#users.get(digest(token)) : undefined;
  }
}
