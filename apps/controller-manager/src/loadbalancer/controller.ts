import { keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { Service } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { AddressPool } from './address-pool.ts';
import { assign, CLEANUP_FINALIZER, ingressAddresses, wantsAddress } from './assignment.ts';

/**
 * Gives services of type LoadBalancer an address of the pool and takes it back; the node daemons answer on it. Events and the order of
 * steps are those of Kubernetes' service controller.
 */
export function loadBalancerController(context: ControllerContext, ranges: readonly string[]): Controller {
  const { client, informers, logger } = context;
  const services = informers.informer<Service>(refs.services);
  const serviceClient = client.resource<Service>(refs.services);
  const recorder = context.recorder('service-controller');
  const pool = new AddressPool(ranges);
  const tell = (service: Service, type: 'Normal' | 'Warning', reason: string, message: string) =>
    recorder.event(service, type, reason, message);

  const setAddresses = (service: Service, addresses: readonly string[]) => {
    const ingress = addresses.length > 0 ? addresses.map((ip) => ({ ip, ipMode: 'VIP' })) : null;
    const patch = { metadata: { resourceVersion: service.metadata.resourceVersion }, status: { loadBalancer: { ingress } } };
    return serviceClient.patch(service.metadata, patch, { type: 'merge', subresource: 'status' });
  };
  const setFinalizers = (service: Service, finalizers: readonly string[]) => {
    const { resourceVersion } = service.metadata;
    return serviceClient.patch(service.metadata, { metadata: { resourceVersion, finalizers } }, { type: 'merge' });
  };

  const ensure = async (key: string, service: Service): Promise<void> => {
    const held = ingressAddresses(service);
    const result = assign(pool, key, service);
    if ('problem' in result) {
      const message = `failed to ensure load balancer: ${result.problem}`;
      tell(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${message}`);
      throw new Error(`${key}: ${message}`);
    }
    const finalizers = service.metadata.finalizers ?? [];
    const marked = finalizers.includes(CLEANUP_FINALIZER);
    if (marked && held.join() === result.addresses.join()) return;
    tell(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    const current = marked ? service : await setFinalizers(service, [...finalizers, CLEANUP_FINALIZER]);
    await setAddresses(current, result.addresses);
    tell(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  };

  const giveBack = async (key: string, service: Service): Promise<void> => {
    const finalizers = service.metadata.finalizers ?? [];
    if (finalizers.includes(CLEANUP_FINALIZER)) {
      tell(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
      const current = ingressAddresses(service).length > 0 ? await setAddresses(service, []) : service;
      await setFinalizers(
        current,
        finalizers.filter((name) => name !== CLEANUP_FINALIZER),
      );
      tell(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
    }
    pool.release(key);
    retryWaiting();
  };

  /** An address has become free: those that wait for one need not sit out their back-off. */
  const retryWaiting = () => {
    for (const service of services.store.list())
      if (wantsAddress(service) && ingressAddresses(service).length === 0) self.queue.add(keyOf(service));
  };

  const self: Controller = controller({
    name: 'service-lb',
    // One at a time: the addresses in use are read and taken without a gap.
    workers: 1,
    logger,
    watches: [
      watch<Service>(services, undefined, {
        add: (service) => {
          if (wantsAddress(service)) for (const ip of ingressAddresses(service)) pool.occupy(ip, keyOf(service));
        },
      }),
    ],
    reconcile: async (key) => {
      const service = services.store.get(key);
      if (service && wantsAddress(service)) return ensure(key, service);
      if (service) return giveBack(key, service);
      pool.release(key);
      retryWaiting();
    },
  });
  return self;
}
