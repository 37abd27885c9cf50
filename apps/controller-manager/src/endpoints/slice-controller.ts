import { isNamespaceTerminating, isNotFound } from '@windlass/client';
import { type Controller, controller, Expectations, watch } from '@windlass/controller';
import type { EndpointSlice, Node, Pod, Service } from '@windlass/resources';
import type { Owner } from '../shared/claim.ts';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { familiesOf, members } from './members.ts';
import { isManaged, planSlices, SERVICE_NAME } from './slices.ts';
import { selects, watchPodsOfServices } from './watches.ts';

const ZONE = 'topology.kubernetes.io/zone';

/** Keeps the EndpointSlices of services with a selector. */
export function endpointSliceController(context: ControllerContext): Controller {
  const { client, informers, logger } = context;
  const services = informers.informer<Service & Owner>(refs.services);
  const pods = informers.informer<Pod>(refs.pods);
  const nodes = informers.informer<Node>(refs.nodes);
  const slices = informers.informer<EndpointSlice>(refs.endpointSlices);
  const sliceClient = client.resource<EndpointSlice>(refs.endpointSlices);
  const recorder = context.recorder('endpoint-slice-controller');
  const expectations = new Expectations();
  const serviceKey = (slice: EndpointSlice): string | undefined => {
    const name = slice.metadata.labels?.[SERVICE_NAME];
    return name && isManaged(slice) ? `${slice.metadata.namespace}/${name}` : undefined;
  };
  slices.addIndex('service', (slice) => [serviceKey(slice) ?? '']);

  const reconcile = async (key: string) => {
    const service = services.store.get(key);
    // The slices of a deleted service belong to the garbage collector.
    if (!service || service.metadata.deletionTimestamp) return expectations.forget(key);
    if (service.spec?.type === 'ExternalName' || Object.keys(service.spec?.selector ?? {}).length === 0) return;
    if (!expectations.satisfied(key)) return;
    const selected = pods.store
      .inNamespace(service.metadata.namespace as string)
      .filter((pod) => selects(service, pod.metadata.labels));
    const existing = slices.store.byIndex('service', key).filter((slice) => !slice.metadata.deletionTimestamp);
    const families = familiesOf(service);
    const zoneOf = (name: string) => nodes.store.get(name)?.metadata.labels?.[ZONE];
    const plans = families.map((family) =>
      planSlices(
        service,
        family,
        members(service, selected, family),
        existing.filter((slice) => slice.addressType === family),
        zoneOf,
      ),
    );
    const create = plans.flatMap((plan) => plan.create);
    const remove = [
      ...plans.flatMap((plan) => plan.remove),
      ...existing.filter((s) => !families.includes(s.addressType as 'IPv4')),
    ];
    expectations.expect(
      key,
      create.length,
      remove.map((slice) => slice.metadata.uid as string),
    );
    try {
      for (const slice of create) {
        try {
          await sliceClient.create(slice);
        } catch (error) {
          expectations.created(key);
          if (!isNamespaceTerminating(error)) throw error;
        }
      }
      for (const plan of plans) for (const slice of plan.update) await sliceClient.update(slice);
      for (const slice of remove) {
        await sliceClient.delete(slice.metadata).catch((error) => {
          expectations.deleted(key, slice.metadata.uid as string);
          if (!isNotFound(error)) throw error;
        });
      }
    } catch (error) {
      expectations.forget(key);
      recorder.event(
        service,
        'Warning',
        'FailedToUpdateEndpointSlices',
        `Error updating Endpoint Slices for Service ${key}: ${(error as Error).message}`,
      );
      throw error;
    }
  };

  const self: Controller = controller({
    name: 'endpointslice',
    workers: 5,
    logger,
    reconcile,
    watches: [
      watch(services),
      watchPodsOfServices(pods, services, () => self),
      watch(slices, (slice) => [serviceKey(slice)], {
        add: (slice) => {
          const key = serviceKey(slice);
          if (key) expectations.created(key);
        },
        delete: (slice) => {
          const key = serviceKey(slice);
          if (key) expectations.deleted(key, slice.metadata.uid as string);
        },
      }),
      watch<Node>(nodes, () => []),
    ],
  });
  return self;
}
