import { isConflict, isNotFound } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { signJwt } from '@windlass/pki';
import type { Secret, ServiceAccount } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { accountNameOf, completed, isOf, legacyClaims, TOKEN_TYPE } from './legacy-token.ts';

export interface TokenOptions {
  /** PEM of the key that signs tokens. */
  key: () => string;
  /** PEM of the authority of the API server. */
  rootCa: string;
}

/** Fills secrets of type kubernetes.io/service-account-token, and deletes those whose account is gone. (serviceaccount-token-controller) */
export function accountTokenController(
  { client, informers, logger }: ControllerContext,
  { key, rootCa }: TokenOptions,
): Controller {
  const secrets = informers.informer<Secret>(refs.secrets, { fieldSelector: `type=${TOKEN_TYPE}` });
  const accounts = informers.informer<ServiceAccount>(refs.serviceAccounts);
  secrets.addIndex('account', (secret) => [`${secret.metadata.namespace}/${accountNameOf(secret)}`]);
  accounts.addIndex('secret', ({ metadata, secrets: named }) => (named ?? []).map(({ name }) => `${metadata.namespace}/${name}`));
  const secretClient = client.resource<Secret>(refs.secrets);
  const accountClient = client.resource<ServiceAccount>(refs.serviceAccounts);
  const keyOf = ({ metadata }: Secret | ServiceAccount) => `${metadata.namespace}/${metadata.name}`;

  /** Asked anew when the cache has none: the account may just have been made. */
  async function accountOf(secret: Secret): Promise<ServiceAccount | undefined> {
    const name = accountNameOf(secret);
    const known = accounts.store.get(`${secret.metadata.namespace}/${name}`);
    if (known && isOf(secret, known)) return known;
    const fresh = await accountClient.get({ namespace: secret.metadata.namespace, name }).catch((error) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    return fresh && isOf(secret, fresh) ? fresh : undefined;
  }

  async function forget(secretKey: string): Promise<void> {
    for (const account of accounts.store.byIndex('secret', secretKey)) {
      const kept = (account.secrets ?? []).filter(({ name }) => `${account.metadata.namespace}/${name}` !== secretKey);
      await accountClient.update({ ...account, secrets: kept });
    }
  }

  return controller({
    name: 'serviceaccount-token',
    logger,
    watches: [watch(secrets), watch(accounts, (account) => secrets.store.byIndex('account', keyOf(account)).map(keyOf))],
    reconcile: async (secretKey) => {
      const secret = secrets.store.get(secretKey);
      if (!secret) return forget(secretKey);
      if (secret.metadata.deletionTimestamp || !accountNameOf(secret)) return;
      const account = await accountOf(secret);
      try {
        if (!account) {
          const { uid, resourceVersion } = secret.metadata;
          await secretClient.delete(secret.metadata, { preconditions: { uid, resourceVersion } });
          return;
        }
        const whole = completed(secret, account, rootCa, () => signJwt(key(), legacyClaims(secret, account)));
        if (whole) await secretClient.update(whole);
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
    },
  });
}
