import { createHash } from 'node:crypto';
import type { TokenAnswer, TokenAuthenticator } from '@windlass/apiserver';
import { sleep } from '@windlass/platform';
import type { TokenReview, TokenReviewStatus } from '@windlass/resources';
import { ExpiringCache } from '../remote/expiring-cache.ts';
import { ReviewWebhook } from '../remote/review-webhook.ts';

/** kube-apiserver's --authentication-token-webhook-config-file and -cache-ttl. */
export interface TokenWebhookOptions {
  /** Path of a kubeconfig whose cluster is the webhook. */
  kubeconfig: string;
  /** How long an answer holds, whatever it is. Default 120; 0: not at all. */
  cacheSeconds?: number;
}

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
const REMEMBERED = 4096;

/** Asks a webhook whose a token is. (k8s.io/apiserver/plugin/pkg/authenticator/token/webhook) */
export class TokenWebhook implements TokenAuthenticator {
  readonly #webhook: ReviewWebhook;
  readonly #audiences: readonly string[];
  readonly #cacheMs: number;
  readonly #cache = new ExpiringCache<TokenReviewStatus>(REMEMBERED);

  /** @param audiences those of the API server, for which a token is when the webhook says nothing of audiences */
  constructor({ kubeconfig, cacheSeconds = 120 }: TokenWebhookOptions, audiences: readonly string[]) {
    this.#webhook = new ReviewWebhook(kubeconfig);
    this.#audiences = audiences;
    this.#cacheMs = cacheSeconds * 1000;
  }

  close(): void {
    this.#webhook.close();
  }

  async authenticateToken(token: string, wanted: readonly string[]): Promise<TokenAnswer | undefined> {
    // Tokens stay out of the memory of the cache.
    const key = createHash('sha256')
      .update(JSON.stringify([token, wanted]))
      .digest('base64');
    const status = await this.#cache.get(
      key,
      () => this.#ask(token, wanted),
      () => this.#cacheMs,
    );
    const of = status.audiences?.length ? status.audiences : this.#audiences;
    const audiences = wanted.length > 0 ? wanted.filter((audience) => of.includes(audience)) : of;
    if (audiences.length === 0) return undefined;
    if (!status.authenticated) {
      if (status.error) throw new Error(status.error);
      return undefined;
    }
    const { username = '', uid, groups = [], extra } = status.user ?? {};
    return { user: { username, groups: [...groups], ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) }, audiences };
  }

  async #ask(token: string, wanted: readonly string[]): Promise<TokenReviewStatus> {
    const review = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      metadata: {},
      spec: { token, ...(wanted.length > 0 ? { audiences: [...wanted] } : {}) },
    } as TokenReview;
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#webhook.ask(review, TIMEOUT_MS)).status ?? {};
      } catch (error) {
        if (attempt === ATTEMPTS || !mayPass(error)) throw error;
        await sleep(FIRST_PAUSE_MS * 1.5 ** (attempt - 1));
      }
    }
  }
}

/** Whether asking again may help: there was no answer, or the far end has trouble of its own. */
const mayPass = (error: unknown): boolean => {
  const code = (error as { status?: { code?: number } }).status?.code;
  return code === undefined || code === 429 || code >= 500;
};
