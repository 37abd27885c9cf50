import { isAlreadyExists, isNamespaceTerminating } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { Namespace, ServiceAccount } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';

/** Sees to a ServiceAccount `default` in every living namespace. Keys are namespaces. */
export function defaultServiceAccountController({ client, informers, logger }: ControllerContext): Controller {
  const namespaces = informers.informer<Namespace>(refs.namespaces);
  const accounts = informers.informer<ServiceAccount>(refs.serviceAccounts);
  const accountClient = client.resource<ServiceAccount>(refs.serviceAccounts);
  return controller({
    name: 'serviceaccount',
    workers: 2,
    logger,
    watches: [
      watch(namespaces),
      watch(accounts, ({ metadata }, { deleted }) => (deleted && metadata.name === 'default' ? [metadata.namespace] : [])),
    ],
    reconcile: async (name) => {
      const namespace = namespaces.store.get(name);
      if (!namespace || namespace.metadata.deletionTimestamp || accounts.store.get(`${name}/default`)) return;
      try {
        await accountClient.create({ metadata: { name: 'default', namespace: name } });
      } catch (error) {
        if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
      }
    },
  });
}
