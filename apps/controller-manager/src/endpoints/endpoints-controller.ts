import { isAlreadyExists, isNamespaceTerminating, isNotFound, keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { Endpoints, Pod, Service } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { refs } from '../shared/refs.ts';
import { desiredEndpoints } from './legacy.ts';
import { familiesOf, members } from './members.ts';
import { selects, watchPodsOfServices } from './watches.ts';

/** Keeps the Endpoints of services with a selector, for clients that do not read slices. */
export function endpointsController(context: ControllerContext): Controller {
  const { client, informers, logger } = context;
  const services = informers.informer<Service>(refs.services);
  const pods = informers.informer<Pod>(refs.pods);
  const endpoints = informers.informer<Endpoints>(refs.endpoints);
  const endpointsClient = client.resource<Endpoints>(refs.endpoints);
  const recorder = context.recorder('endpoint-controller');

  const reconcile = async (key: string) => {
    const service = services.store.get(key);
    const current = endpoints.store.get(key);
    if (!service) {
      if (current?.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller')
        await endpointsClient.delete(current.metadata).catch((error) => {
          if (!isNotFound(error)) throw error;
        });
      return;
    }
    if (service.spec?.type === 'ExternalName' || Object.keys(service.spec?.selector ?? {}).length === 0) return;
    const selected = pods.store
      .inNamespace(service.metadata.namespace as string)
      .filter((pod) => selects(service, pod.metadata.labels));
    const wanted = desiredEndpoints(service, members(service, selected, familiesOf(service)[0] ?? 'IPv4'), current);
    const { labels, annotations } = current?.metadata ?? {};
    const { annotations: wantedAnnotations, labels: wantedLabels } = wanted.metadata;
    if (
      current &&
      semanticEqual(current.subsets, wanted.subsets) &&
      semanticEqual(labels, wantedLabels) &&
      semanticEqual(annotations ?? {}, wantedAnnotations)
    )
      return;
    try {
      await (current ? endpointsClient.update(wanted) : endpointsClient.create(wanted));
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      if (!isAlreadyExists(error)) {
        const verb = current ? 'UpdateEndpoint' : 'CreateEndpoint';
        const message = `Failed to ${current ? 'update' : 'create'} endpoint ${key}: ${(error as Error).message}`;
        recorder.event({ apiVersion: 'v1', kind: 'Endpoints', ...service.metadata }, 'Warning', `FailedTo${verb}`, message);
      }
      throw error;
    }
  };

  const self: Controller = controller({
    name: 'endpoints',
    workers: 5,
    logger,
    reconcile,
    watches: [
      watch(services),
      watchPodsOfServices(pods, services, () => self),
      watch(endpoints, (object) => (services.store.get(keyOf(object)) ? [keyOf(object)] : [])),
    ],
  });
  return self;
}
