import type { TokenAnswer, TokenAuthenticator } from '@windlass/apiserver';
import { goQuote, type UserInfo } from '@windlass/meta';
import { decodeJwt, errors, jwtVerify } from 'jose';
import type { BoundObjects } from './bound-objects.ts';
import { accountUser, type BoundPayload, extraOf } from './claims.ts';
import type { SigningKey } from './keys.ts';

const quoted = (values: readonly string[]): string => `[${values.map(goQuote).join(' ')}]`;

/** user.Info of a service account. */
export const accountInfo = (namespace: string, name: string, uid: string, extra: Record<string, string[]> = {}): UserInfo => ({
  username: accountUser(namespace, name),
  uid,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  ...(Object.keys(extra).length > 0 ? { extra } : {}),
});

export interface ServiceAccountTokenOptions {
  key: SigningKey;
  issuer: string;
  bound: BoundObjects;
  now?: () => Date;
}

/** Signatures are checked once; a token seldom changes hands within its life. */
const REMEMBERED = 4096;

/** Tokens made by TokenRequest: signature, life, audience, and that all they are bound to is still there. */
export class ServiceAccountTokens implements TokenAuthenticator {
  readonly #options: ServiceAccountTokenOptions;
  readonly #verified = new Map<string, BoundPayload>();

  constructor(options: ServiceAccountTokenOptions) {
    this.#options = options;
  }

  async authenticateToken(token: string, wanted: readonly string[]): Promise<TokenAnswer | undefined> {
    const { bound, now = () => new Date() } = this.#options;
    const payload = this.#verified.get(token) ?? (await this.#verify(token));
    if (!payload) return undefined;
    const at = now();
    if (payload.exp !== undefined && payload.exp * 1000 <= at.getTime()) throw new Error('service account token has expired');
    const audiences = [payload.aud ?? []].flat();
    const both = wanted.length > 0 ? audiences.filter((audience) => wanted.includes(audience)) : audiences;
    if (both.length === 0)
      throw new Error(`token audiences ${quoted(audiences)} is invalid for the target audiences ${quoted(wanted)}`);
    const claims = payload['kubernetes.io'];
    const { namespace, serviceaccount } = claims;
    await bound.account(namespace, serviceaccount, at);
    await bound.check(claims, at);
    const user = accountInfo(namespace, serviceaccount.name, serviceaccount.uid ?? '', extraOf(payload.jti, claims));
    return { user, audiences: both };
  }

  /** @returns undefined for what is no token of this issuer @throws Error for one with a bad signature or outside its life */
  async #verify(token: string): Promise<BoundPayload | undefined> {
    const { key, issuer, now = () => new Date() } = this.#options;
    if (issuerOf(token) !== issuer) return undefined;
    try {
      const { payload } = await jwtVerify<BoundPayload>(token, key.publicKey, {
        algorithms: [key.algorithm],
        currentDate: now(),
        clockTolerance: 60,
      });
      if (!payload['kubernetes.io']?.serviceaccount) throw new Error('token could not be validated due to missing claims');
      this.#remember(token, payload);
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new Error('service account token has expired');
      if (error instanceof errors.JWTClaimValidationFailed) throw new Error('service account token is not valid yet');
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  #remember(token: string, payload: BoundPayload): void {
    if (this.#verified.size >= REMEMBERED) this.#verified.delete(this.#verified.keys().next().value!);
    this.#verified.set(token, payload);
  }
}

/** The issuer that a JWT names, unverified; undefined for anything else. */
export function issuerOf(token: string): string | undefined {
  if (token.split('.').length !== 3) return undefined;
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
