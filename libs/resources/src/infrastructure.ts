import type { ResourceDefinition } from '@windlass/meta';
import { leases } from './coordination/leases.ts';
import { componentStatuses } from './core/component-statuses.ts';
import { configMaps } from './core/config-maps.ts';
import { endpoints } from './core/endpoints.ts';
import { coreEvents, events } from './core/events.ts';
import { limitRanges } from './core/limit-ranges.ts';
import { namespaces } from './core/namespaces.ts';
import { nodes } from './core/nodes.ts';
import { persistentVolumeClaims } from './core/persistent-volume-claims.ts';
import { persistentVolumes } from './core/persistent-volumes.ts';
import { resourceQuotas } from './core/resource-quotas.ts';
import { secrets } from './core/secrets.ts';
import { serviceAccounts } from './core/service-accounts.ts';
import { services } from './core/services.ts';
import { endpointSlices } from './discovery/endpoint-slices.ts';
import { ingressClasses } from './networking/ingress-classes.ts';
import { ingresses } from './networking/ingresses.ts';
import { ipAddresses } from './networking/ip-addresses.ts';
import { networkPolicies } from './networking/network-policies.ts';
import { serviceCidrs } from './networking/service-cidrs.ts';

/** Namespaces, nodes, configuration, networking, volumes: what workloads run on. */
export const infrastructure = [
  // core
  componentStatuses,
  configMaps,
  coreEvents,
  endpoints,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
  // coordination, discovery, events
  endpointSlices,
  events,
  leases,
  // networking
  ingressClasses,
  ingresses,
  ipAddresses,
  networkPolicies,
  serviceCidrs,
] as unknown as readonly ResourceDefinition[];
