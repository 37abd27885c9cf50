import type { Allocator } from '@windlass/apiserver';
import { type AnyObject, invalid, type ResourceDefinition } from '@windlass/meta';
import { type IpFamily, initIpFamilies, keepAllocatedValues, normalizeClusterIps, type Service } from '@windlass/resources';
import { allocateIps, releaseIpsLater, updateIps } from './allocate-ips.ts';
import { allocatePorts, releasePortsLater, updatePorts } from './allocate-ports.ts';
import type { Owner } from './claims.ts';
import { Operation, type ServiceClaims } from './operation.ts';

export const ownerOf = ({ metadata }: Service): Owner => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name ?? '',
  uid: metadata.uid ?? '',
});

/** Gives services their cluster IPs and node ports, as pkg/registry/core/service/storage does. */
export class ServiceAllocator implements Allocator {
  readonly #claims: ServiceClaims;
  readonly #families: readonly IpFamily[];
  readonly #failed: (error: unknown) => void;

  /** @param families of the cluster's service networks, the default one first */
  constructor(claims: ServiceClaims, families: readonly IpFamily[], failed: (error: unknown) => void) {
    this.#claims = claims;
    this.#families = families;
    this.#failed = failed;
  }

  handles({ group, names }: ResourceDefinition): boolean {
    return group === '' && names.plural === 'services';
  }

  async allocate(object: AnyObject, before: AnyObject | undefined, dryRun: boolean): Promise<Operation> {
    const service = object as unknown as Service;
    const old = before as unknown as Service | undefined;
    if (old) keepAllocatedValues(service, old);
    normalizeClusterIps(service, old);
    const errors = initIpFamilies(service, old, this.#families);
    if (errors.length > 0) throw invalid('', 'Service', service.metadata.name ?? '', errors);
    const operation = new Operation(this.#claims, ownerOf(service), dryRun, this.#failed);
    try {
      if (old) await updateIps(service, old, operation);
      else await allocateIps(service, operation);
      if (old) await updatePorts(service, old, operation);
      else await allocatePorts(service, operation);
      return operation;
    } catch (error) {
      await operation.undo();
      throw error;
    }
  }

  async released(object: AnyObject): Promise<void> {
    const service = object as unknown as Service;
    const operation = new Operation(this.#claims, ownerOf(service), false, this.#failed);
    releaseIpsLater(service, operation);
    releasePortsLater(service, operation);
    await operation.commit();
  }
}
