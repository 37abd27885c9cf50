import type { Service } from '@windlass/resources';
import type { AddressPool } from './address-pool.ts';

/** `spec.loadBalancerClass` of what this controller serves beside services without a class. */
export const LOAD_BALANCER_CLASS = 'windlass.dev/pool';
/** Keeps a Service until its address is given back (KEP-1049). */
export const CLEANUP_FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';

/** Services whose address is ours to give; those of another class are somebody else's. */
export const wantsAddress = ({ metadata, spec }: Service): boolean =>
  !metadata.deletionTimestamp &&
  spec?.type === 'LoadBalancer' &&
  (!spec.loadBalancerClass || spec.loadBalancerClass === LOAD_BALANCER_CLASS);

export const ingressAddresses = ({ status }: Service): string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);

/**
 * The addresses of a service, one per IP family, taken from the pool: what it has stays its own while it fits.
 * @returns the addresses, or why there are none; what was taken in vain is given back
 */
export function assign(pool: AddressPool, key: string, service: Service): { addresses: string[] } | { problem: string } {
  const held = ingressAddresses(service);
  const wanted = service.spec?.loadBalancerIP;
  const addresses: string[] = [];
  for (const name of service.spec?.ipFamilies ?? ['IPv4']) {
    const family = name === 'IPv6' ? 6 : 4;
    const asked = wanted && wanted.includes(':') === (family === 6) ? wanted : undefined;
    const found = asked
      ? pool.occupy(asked, key) && asked
      : (held.find((ip) => ip.includes(':') === (family === 6) && pool.occupy(ip, key)) ?? pool.take(key, family));
    if (found) addresses.push(found);
    else {
      pool.release(key, held);
      if (!asked) return { problem: `no free ${name} address is left in the load balancer pool` };
      const reason = pool.contains(asked) ? 'is in use by another service' : 'is not in the load balancer pool';
      return { problem: `requested address ${asked} ${reason}` };
    }
  }
  pool.release(key, addresses);
  return { addresses };
}
