import { hash } from 'node:crypto';
import type { UserInfo } from '@windlass/meta';
import type { TokenAnswer, TokenAuthenticator } from './bearer.ts';

const digest = (token: string): string => hash('sha256', token);

/** kube-apiserver's token file: `token,user,uid[,"group1,group2"]` per line. Tokens are kept and compared as digests. */
export class StaticTokens implements TokenAuthenticator {
  readonly #users = new Map<string, TokenAnswer>();

  /** @param audiences that the tokens are for: those of the API server */
  constructor(csv: string, audiences: readonly string[]) {
    for (const line of csv.split('\n')) {
      const fields = [...line.trim().matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2] ?? '');
      const [token, username, uid, groups] = fields;
      if (!token || !username) continue;
      const user: UserInfo = {
        username,
        ...(uid ? { uid } : {}),
        groups: groups ? groups.split(',').map((group) => group.trim()) : [],
      };
      this.#users.set(digest(token), { user, audiences });
    }
  }

  authenticateToken(token: string, wanted: readonly string[]): TokenAnswer | undefined {
    const found = this.#users.get(digest(token));
    return found && agnosticAnswer(found, wanted);
  }
}

/** The answer of a token that names no audience and so is for all of the API server's. */
export function agnosticAnswer({ user, audiences }: TokenAnswer, wanted: readonly string[]): TokenAnswer | undefined {
  if (wanted.length === 0) return { user, audiences };
  const both = audiences.filter((audience) => wanted.includes(audience));
  return both.length > 0 ? { user, audiences: both } : undefined;
}
