import { isNotFound } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { equalJson } from '@windlass/meta';
import type { ConfigMap } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { signedData } from './signatures.ts';
import { tokenSecrets } from './token-secrets.ts';

const CLUSTER_INFO = 'kube-public/cluster-info';

/** Signs ConfigMap kube-public/cluster-info with the bootstrap tokens, so that who knows one can trust it. (bootstrapsigner) */
export function bootstrapSigningController({ client, informers, logger, now }: ControllerContext): Controller {
  const secrets = tokenSecrets(informers);
  const options = { namespace: 'kube-public', fieldSelector: 'metadata.name=cluster-info' };
  const configMaps = informers.informer<ConfigMap>(refs.configMaps, options);
  const configMapClient = client.resource<ConfigMap>(refs.configMaps);
  return controller({
    name: 'bootstrapsigner',
    workers: 1,
    logger,
    watches: [watch(configMaps), watch(secrets, () => [CLUSTER_INFO])],
    reconcile: async () => {
      const current = configMaps.store.get(CLUSTER_INFO);
      if (!current) return;
      const data = signedData(current.data ?? {}, secrets.store.list(), now());
      if (equalJson(data, current.data ?? {})) return;
      try {
        await configMapClient.update({ ...current, data });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  });
}
