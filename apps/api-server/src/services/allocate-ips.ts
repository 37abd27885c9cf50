import { fieldError, invalid, path } from '@windlass/meta';
import { familyOfIp, HEADLESS, type IpFamily, keepsPreferDualStack, type Service } from '@windlass/resources';
import { ClaimError } from './claims.ts';
import type { Operation } from './operation.ts';

const CLUSTER_IPS = path('spec', 'clusterIPs');

const refused = (service: Service, wanted: string, error: ClaimError) =>
  invalid('', 'Service', service.metadata.name ?? '', [
    fieldError.invalid(CLUSTER_IPS, service.spec.clusterIPs, `failed to allocate IP${wanted && ` ${wanted}`}: ${error.message}`),
  ]);

async function take(service: Service, index: number, operation: Operation): Promise<void> {
  const ips = service.spec.clusterIPs!;
  const wanted = ips[index]!;
  try {
    ips[index] = await operation.takeIp(service.spec.ipFamilies![index] as IpFamily, wanted);
  } catch (error) {
    throw error instanceof ClaimError ? refused(service, wanted, error) : error;
  }
}

/** Gives the service one IP of each of its families. @throws StatusError 422 */
export async function allocateIps(service: Service, operation: Operation): Promise<void> {
  const { spec } = service;
  if (spec.type === 'ExternalName' || spec.clusterIPs?.[0] === HEADLESS) return;
  const families = spec.ipFamilies ?? [];
  spec.clusterIPs = families.map((_, i) => spec.clusterIPs?.[i] ?? '');
  for (const index of families.keys()) await take(service, index, operation);
  spec.clusterIP = spec.clusterIPs[0];
}

/** The types ExternalName, and one or two families, come and go. @throws StatusError 422 */
export async function updateIps(service: Service, old: Service, operation: Operation): Promise<void> {
  if (keepsPreferDualStack(service, old)) return;
  if (old.spec.type === 'ExternalName' && service.spec.type !== 'ExternalName') return allocateIps(service, operation);
  if (old.spec.clusterIPs?.[0] === HEADLESS) return;
  if (old.spec.type !== 'ExternalName' && service.spec.type === 'ExternalName') return releaseIpsLater(old, operation);
  const was = old.spec.ipFamilies ?? [];
  const now = service.spec.ipFamilies ?? [];
  if (was.length === 1 && now.length === 2) {
    service.spec.clusterIPs = [service.spec.clusterIPs?.[0] ?? '', service.spec.clusterIPs?.[1] ?? ''];
    await take(service, 1, operation);
  } else if (was.length === 2 && now.length === 1) {
    operation.releaseIpLater(was[1] as IpFamily, old.spec.clusterIPs?.[1] ?? '');
  }
}

export function releaseIpsLater({ spec }: Service, operation: Operation): void {
  if (spec.type === 'ExternalName') return;
  for (const ip of spec.clusterIPs ?? []) {
    const family = familyOfIp(ip);
    if (family) operation.releaseIpLater(family, ip);
  }
}
