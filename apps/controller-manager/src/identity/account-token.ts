import { type Client, isAlreadyExists, isNotFound } from '@windlass/client';
import { refs } from '../shared/refs.ts';

const SECONDS = 3600;
/** Renewed when so much of its life has passed. */
const PART = 0.8;

export interface AccountToken {
  /** A token that is valid for a while yet. @throws as the client */
  get(): Promise<string>;
  /** The API server no longer takes the token: its account was deleted, or the keys changed. */
  forget(): void;
}

/** Tokens of a service account in kube-system, which is made when it is missing. (k8s.io/controller-manager DynamicControllerClientBuilder) */
export function accountToken(client: Client, name: string, now: () => number = Date.now): AccountToken {
  const accounts = client.resource(refs.serviceAccounts);
  const account = { namespace: 'kube-system', name };
  let current: { token: Promise<string>; renewAt: number } | undefined;

  const request = async (): Promise<string> => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: SECONDS } };
    const { status } = await accounts.subresource<{ status: { token: string } }>(account, 'token', body);
    return status.token;
  };
  const make = async (): Promise<string> => {
    try {
      return await request();
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    await accounts.create({ metadata: account }).catch((error) => {
      if (!isAlreadyExists(error)) throw error;
    });
    return request();
  };

  return {
    get() {
      if (!current || now() >= current.renewAt) {
        const made = { token: make(), renewAt: now() + SECONDS * 1000 * PART };
        current = made;
        made.token.catch(() => {
          if (current === made) current = undefined;
        });
      }
      return current.token;
    },
    forget() {
      current = undefined;
    },
  };
}
