import { agnosticAnswer, type TokenAnswer, type TokenAuthenticator } from '@windlass/apiserver';
import { decodeJwt, jwtVerify } from 'jose';
import type { CompiledIssuer } from './compile.ts';
import { JwtProvider } from './provider.ts';
import { type Claims, userOf } from './user.ts';

/** Those that OIDC knows, without symmetric ones. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'];

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** Tokens of an issuer of the AuthenticationConfiguration (OpenID Connect). */
export class JwtTokens implements TokenAuthenticator {
  readonly #issuer: CompiledIssuer;
  readonly #provider: JwtProvider;
  readonly #audiences: readonly string[];

  /** @param audiences those of the API server, for which every user of it is */
  constructor(issuer: CompiledIssuer, audiences: readonly string[]) {
    this.#issuer = issuer;
    this.#provider = new JwtProvider(issuer.issuer);
    this.#audiences = audiences;
  }

  close(): void {
    this.#provider.close();
  }

  async authenticateToken(token: string, wanted: readonly string[]): Promise<TokenAnswer | undefined> {
    const { url, audiences } = this.#issuer.issuer;
    if (issuerOf(token) !== url) return undefined;
    const keys = await this.#provider.keys();
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: url,
      audience: [...audiences],
      requiredClaims: ['exp'],
    }).catch((error: Error) => {
      throw new Error(`oidc: verify token: ${error.message}`);
    });
    let user: TokenAnswer['user'];
    try {
      user = userOf(this.#issuer, payload as Claims);
    } catch (error) {
      throw new Error(`oidc: ${(error as Error).message}`);
    }
    return agnosticAnswer({ user, audiences: this.#audiences }, wanted);
  }
}
