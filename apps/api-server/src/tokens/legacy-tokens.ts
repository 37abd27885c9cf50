import { timingSafeEqual } from 'node:crypto';
import {
  agnosticAnswer,
  type ResourceReader,
  type ResourceWriter,
  type TokenAnswer,
  type TokenAuthenticator,
} from '@windlass/apiserver';
import { type JWTPayload, jwtVerify } from 'jose';
import type { BoundObjects } from './bound-objects.ts';
import type { SigningKey } from './keys.ts';
import { accountInfo, issuerOf } from './service-account-tokens.ts';

export const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const CLAIM = 'kubernetes.io/serviceaccount/';
const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

export interface LegacyTokenOptions {
  key: SigningKey;
  reader: ResourceReader;
  writer: ResourceWriter;
  bound: BoundObjects;
  /** Those of the API server: these tokens name none. */
  audiences: readonly string[];
}

/** Tokens that live in secrets of type kubernetes.io/service-account-token and end with them. */
export class LegacyTokens implements TokenAuthenticator {
  readonly #options: LegacyTokenOptions;

  constructor(options: LegacyTokenOptions) {
    this.#options = options;
  }

  async authenticateToken(token: string, wanted: readonly string[]): Promise<TokenAnswer | undefined> {
    if (issuerOf(token) !== LEGACY_ISSUER) return undefined;
    const { key, bound, audiences } = this.#options;
    const payload = await jwtVerify(token, key.publicKey, { algorithms: [key.algorithm] }).then(
      (verified) => verified.payload,
      () => undefined,
    );
    if (!payload) return undefined;
    const now = new Date();
    const claim = (name: string): string => String((payload as JWTPayload & Record<string, unknown>)[CLAIM + name] ?? '');
    const [namespace, name, uid] = [claim('namespace'), claim('service-account.name'), claim('service-account.uid')];
    if (!namespace || !name || !uid || !claim('secret.name')) throw new Error('claims are incomplete');
    await this.#checkSecret(namespace, claim('secret.name'), token, now);
    await bound.account(namespace, { name, uid }, now);
    return agnosticAnswer({ user: accountInfo(namespace, name, uid), audiences }, wanted);
  }

  async #checkSecret(namespace: string, name: string, token: string, now: Date): Promise<void> {
    const { reader, writer } = this.#options;
    const secret = reader.get('', 'secrets', namespace, name) ?? (await reader.getFresh('', 'secrets', namespace, name));
    if (!secret || secret.metadata.deletionTimestamp) throw new Error('Token has been invalidated');
    if (!same(Buffer.from(String(secret.data?.token ?? ''), 'base64'), Buffer.from(token)))
      throw new Error("Token does not match server's copy");
    if (secret.metadata.labels?.[INVALID_SINCE]) throw new Error('the token in secret has been marked as invalid');
    const today = now.toISOString().slice(0, 10);
    if (secret.metadata.labels?.[LAST_USED] === today) return;
    // Not part of the answer: who cleans up unused tokens can wait.
    void writer
      .modify('', 'secrets', namespace, name, (object) => {
        object.metadata.labels = { ...object.metadata.labels, [LAST_USED]: today };
        return object;
      })
      .catch(() => {});
  }
}
