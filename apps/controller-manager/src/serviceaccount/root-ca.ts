import { isAlreadyExists, isNamespaceTerminating } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { ConfigMap, Namespace } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';

const NAME = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Publishes the cluster's CA as ConfigMap kube-root-ca.crt in every living namespace. Keys are namespaces. */
export function rootCaController({ client, informers, logger }: ControllerContext, rootCa: string): Controller {
  const namespaces = informers.informer<Namespace>(refs.namespaces);
  const configMaps = informers.informer<ConfigMap>(refs.configMaps, { fieldSelector: `metadata.name=${NAME}` });
  const configMapClient = client.resource<ConfigMap>(refs.configMaps);
  return controller({
    name: 'root-ca-certificate-publisher',
    workers: 2,
    logger,
    watches: [watch(namespaces), watch(configMaps, ({ metadata }) => [metadata.namespace])],
    reconcile: async (name) => {
      const namespace = namespaces.store.get(name);
      if (!namespace || namespace.metadata.deletionTimestamp) return;
      const current = configMaps.store.get(`${name}/${NAME}`);
      const data = { 'ca.crt': rootCa };
      const annotations = { 'kubernetes.io/description': DESCRIPTION };
      if (!current) {
        try {
          await configMapClient.create({ metadata: { name: NAME, namespace: name, annotations }, data });
        } catch (error) {
          if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
        }
        return;
      }
      const told = current.metadata.annotations?.['kubernetes.io/description'] !== undefined;
      if (told && Object.keys(current.data ?? {}).length === 1 && current.data?.['ca.crt'] === rootCa) return;
      const metadata = { ...current.metadata, annotations: { ...annotations, ...current.metadata.annotations } };
      await configMapClient.update({ ...current, metadata, data });
    },
  });
}
