import { type UserInfo, unauthorized } from '@windlass/meta';
import type { Authenticator, Credentials } from '../seams.ts';
import { withAuthenticated } from './groups.ts';

export interface TokenAnswer {
  user: UserInfo;
  /** Those of the wanted audiences that the token is for. */
  audiences: readonly string[];
}

/** One kind of bearer token. */
export interface TokenAuthenticator {
  /**
   * @param audiences of which one must be the token's; empty: any
   * @returns undefined for a token of another kind
   * @throws Error with the reason for a token of this kind that is not valid
   */
  authenticateToken(token: string, audiences: readonly string[]): Promise<TokenAnswer | undefined> | TokenAnswer | undefined;
}

const SOCKET_PROTOCOL = 'base64url.bearer.authorization.k8s.io.';

/** The token of an `Authorization: Bearer` header, or of a WebSocket subprotocol, which is all that browsers can set. */
export function bearerToken({ headers }: Pick<Credentials, 'headers'>): string | undefined {
  const token = /^Bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  if (token) return token;
  const protocols = headers['sec-websocket-protocol']?.split(',').map((protocol) => protocol.trim());
  const encoded = protocols?.find((protocol) => protocol.startsWith(SOCKET_PROTOCOL))?.slice(SOCKET_PROTOCOL.length);
  return encoded ? Buffer.from(encoded, 'base64url').toString('utf8') : undefined;
}

/** What is known of a token; `error` says why it is nobody's. */
export type TokenVerdict = TokenAnswer | { error: string };

/** Tries every kind of token. A token that none of them knows is refused, not passed on. */
export class BearerAuthenticator implements Authenticator {
  readonly #kinds: readonly TokenAuthenticator[];
  readonly #audiences: readonly string[];

  /** @param audiences of this API server */
  constructor(kinds: readonly TokenAuthenticator[], audiences: readonly string[]) {
    this.#kinds = kinds;
    this.#audiences = audiences;
  }

  async authenticate(credentials: Credentials): Promise<UserInfo | undefined> {
    const token = bearerToken(credentials);
    if (!token) return undefined;
    const verdict = await this.review(token, this.#audiences);
    if ('error' in verdict) throw unauthorized();
    return verdict.user;
  }

  /** @param audiences default: those of this API server */
  async review(token: string, audiences: readonly string[] = this.#audiences): Promise<TokenVerdict> {
    const errors = ['invalid bearer token'];
    for (const kind of this.#kinds) {
      try {
        const answer = await kind.authenticateToken(token, audiences);
        if (answer) return { ...answer, user: withAuthenticated(answer.user) };
      } catch (error) {
        errors.push((error as Error).message);
      }
    }
    return { error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]` };
  }
}
