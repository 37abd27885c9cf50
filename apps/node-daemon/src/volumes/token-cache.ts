import type { Client } from '@windlass/client';
import type { Pod, ServiceAccountTokenProjection, TokenRequest } from '@windlass/resources';

const SERVICE_ACCOUNTS = {
  group: '',
  version: 'v1',
  resource: 'serviceaccounts',
  namespaced: true,
  kind: 'ServiceAccount',
} as const;
const MAX_AGE_MS = 24 * 3600_000;

interface Held {
  token: string;
  /** Milliseconds since 1970. */
  refreshAt: number;
  expires: number;
}

/** Tokens of service accounts bound to pods, renewed at 80 % of their life (at most a day), as the kubelet's token manager. */
export class TokenCache {
  readonly #client: Client;
  readonly #tokens = new Map<string, Held>();
  constructor(client: Client) {
    this.#client = client;
  }

  /** @throws StatusError when the service account is gone and no old token lives */
  async get(pod: Pod, { audience, expirationSeconds }: ServiceAccountTokenProjection, now = Date.now()): Promise<string> {
    const key = `${pod.metadata.uid}/${audience ?? ''}/${expirationSeconds ?? ''}`;
    const held = this.#tokens.get(key);
    if (held && now < held.refreshAt) return held.token;
    try {
      const { status } = await this.#client
        .resource(SERVICE_ACCOUNTS)
        .subresource<TokenRequest>(
          { name: pod.spec.serviceAccountName ?? 'default', namespace: pod.metadata.namespace! },
          'token',
          {
            apiVersion: 'authentication.k8s.io/v1',
            kind: 'TokenRequest',
            spec: {
              audiences: audience ? [audience] : [],
              expirationSeconds: expirationSeconds ?? 3600,
              boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
            },
          },
        );
      const { token, expirationTimestamp } = status as { token: string; expirationTimestamp: string };
      const expires = Date.parse(expirationTimestamp);
      const refreshAt = Math.min(now + (expires - now) * 0.8, now + MAX_AGE_MS);
      this.#tokens.set(key, { token, refreshAt, expires });
      return token;
    } catch (error) {
      if (held && now < held.expires) return held.token;
      throw error;
    }
  }

  forget(uid: string): void {
    for (const key of this.#tokens.keys()) if (key.startsWith(`${uid}/`)) this.#tokens.delete(key);
  }
}
