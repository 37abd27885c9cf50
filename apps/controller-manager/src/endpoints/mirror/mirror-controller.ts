import { isNamespaceTerminating, isNotFound } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { EndpointSlice, Endpoints, Service } from '@windlass/resources';
import type { Owner } from '../../shared/claim.ts';
import type { ControllerContext } from '../../shared/context.ts';
import { refs } from '../../shared/refs.ts';
import { MANAGED_BY, SERVICE_NAME } from '../slices.ts';
import { isMirrored, MAX_ADDRESSES, MIRROR_MANAGER, planMirror, skippedOf } from './mirrored-slices.ts';

/** Copies Endpoints that somebody else writes (of services without a selector) to EndpointSlices (KEP-0752). */
export function endpointSliceMirrorController(context: ControllerContext): Controller {
  const { client, informers, logger } = context;
  const services = informers.informer<Service>(refs.services);
  const endpoints = informers.informer<Endpoints & Owner>(refs.endpoints);
  const slices = informers.informer<EndpointSlice>(refs.endpointSlices);
  const sliceClient = client.resource<EndpointSlice>(refs.endpointSlices);
  const recorder = context.recorder('endpoint-slice-mirroring-controller');
  const keyOfCopy = ({ metadata }: EndpointSlice): string | undefined => {
    const name = metadata.labels?.[SERVICE_NAME];
    return name && metadata.labels?.[MANAGED_BY] === MIRROR_MANAGER ? `${metadata.namespace}/${name}` : undefined;
  };
  slices.addIndex('mirrored', (slice) => [keyOfCopy(slice) ?? '']);

  const reconcile = async (key: string) => {
    const service = services.store.get(key);
    const source = endpoints.store.get(key);
    const mirrored = source && !source.metadata.deletionTimestamp && service && !service.spec?.selector && isMirrored(source);
    const existing = slices.store.byIndex('mirrored', key).filter(({ metadata }) => !metadata.deletionTimestamp);
    const plan = planMirror(mirrored ? source : undefined, existing);
    const skipped = mirrored ? skippedOf(source) : 0;
    if (skipped > 0)
      recorder.event(
        source!,
        'Warning',
        'TooManyAddressesToMirror',
        `A max of ${MAX_ADDRESSES} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`,
      );
    for (const slice of plan.create)
      await sliceClient.create(slice).catch((error) => {
        if (!isNamespaceTerminating(error)) throw error;
      });
    for (const slice of plan.update) await sliceClient.update(slice);
    for (const slice of plan.remove)
      await sliceClient.delete(slice.metadata).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    // The cache shows a created copy a little later: a look in between would make a second one.
    if (plan.create.length > 0) await settled(key, plan.create.length + existing.length - plan.remove.length);
  };

  /** Waits, at most a second, until the cache has as many copies. */
  const settled = async (key: string, count: number): Promise<void> => {
    for (let round = 0; round < 50 && slices.store.byIndex('mirrored', key).length < count; round++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };

  return controller({
    name: 'endpointslicemirroring',
    workers: 5,
    logger,
    reconcile,
    watches: [watch(endpoints), watch(services), watch(slices, (slice) => [keyOfCopy(slice)])],
  });
}
