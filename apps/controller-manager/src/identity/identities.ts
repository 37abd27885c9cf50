import {
  type Client,
  type ConnectionConfig,
  createClient,
  createEventRecorder,
  type EventRecorder,
  type TransportOptions,
} from '@windlass/client';
import type { ControllerContext } from '../shared/context.ts';
import { accountToken } from './account-token.ts';
import { accounts } from './accounts.ts';

export interface Identities {
  /** The context of a controller: it reads from the common caches and writes as its own service account. */
  contextOf(controller: string): ControllerContext;
  close(): void;
}

/** Lets every controller act as its own service account. @param shared the context of the controller manager itself */
export function identities(
  connection: ConnectionConfig,
  shared: Omit<ControllerContext, 'recorder'>,
  options: TransportOptions,
): Identities {
  const clients = new Map<string, Client>();
  const recorders = new Map<string, EventRecorder>();
  const { server, ca, insecureSkipTlsVerify, tlsServerName } = connection;

  function clientOf(account: string): Client {
    const token = accountToken(shared.client, account);
    const dynamicHeaders = async () => ({ authorization: `Bearer ${await token.get()}` });
    const onUnauthorized = () => token.forget();
    return createClient({ server, ca, insecureSkipTlsVerify, tlsServerName, dynamicHeaders, onUnauthorized }, options);
  }
  function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
    const found = map.get(key) ?? make();
    map.set(key, found);
    return found;
  }

  return {
    contextOf(controller) {
      const account = accounts[controller];
      if (account === undefined) throw new Error(`controller ${controller} has no service account`);
      const client = account ? kept(clients, account, () => clientOf(account)) : shared.client;
      const onError = (error: unknown) => shared.logger.debug({ err: error }, 'event not written');
      const recorder = (component: string) =>
        kept(recorders, `${account}/${component}`, () => createEventRecorder(client, { component }, { onError }));
      return { ...shared, client, recorder };
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}
