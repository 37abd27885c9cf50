import https from 'node:https';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import type { JwtIssuer } from './configuration.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1 << 20;
const RETRY_MS = 10_000;

interface Answer {
  status: number;
  body: string;
}

function get(url: string, agent: https.Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { agent, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BYTES) request.destroy(new Error(`${url}: more than ${MAX_BYTES} bytes`));
        chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    request.on('error', reject);
  });
}

/**
 * The keys of an issuer: found by its discovery document (OpenID Connect Discovery 1.0), asked for when first needed, and anew when a token
 * names a key that is not known. An issuer that does not answer is asked again after ten seconds.
 */
export class JwtProvider {
  readonly #issuer: JwtIssuer['issuer'];
  readonly #agent: https.Agent;
  #keys: Promise<JWTVerifyGetKey> | undefined;
  #failed: { at: number; error: Error } | undefined;

  constructor(issuer: JwtIssuer['issuer']) {
    this.#issuer = issuer;
    this.#agent = new https.Agent({ keepAlive: true, ca: issuer.certificateAuthority || undefined });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** @throws Error when the issuer does not answer as it should */
  async keys(now = Date.now()): Promise<JWTVerifyGetKey> {
    if (this.#failed && now - this.#failed.at < RETRY_MS) throw this.#failed.error;
    this.#keys ??= this.#discover();
    try {
      return await this.#keys;
    } catch (error) {
      this.#keys = undefined;
      this.#failed = { at: now, error: error as Error };
      throw error;
    }
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const { url, discoveryURL } = this.#issuer;
    const at = discoveryURL ?? `${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { status, body } = await get(at, this.#agent);
    if (status !== 200) throw new Error(`oidc: authenticator not initialized: ${status} of ${at}`);
    const found = JSON.parse(body) as { issuer?: string; jwks_uri?: string };
    if (found.issuer !== url)
      throw new Error(`oidc: issuer did not match the issuer returned by provider, expected "${url}" got "${found.issuer}"`);
    if (!found.jwks_uri) throw new Error(`oidc: ${at} names no jwks_uri`);
    const fetchKeys = async (target: string): Promise<Response> => {
      const answer = await get(target, this.#agent);
      return new Response(answer.body, { status: answer.status });
    };
    return createRemoteJWKSet(new URL(found.jwks_uri), { [customFetch]: fetchKeys, cooldownDuration: 1000 });
  }
}
