import type { KubeObject } from '@windlass/meta';
import type { Endpoint, EndpointSlice, Service } from '@windlass/resources';
import { newControllerRef, type Owner } from '../shared/claim.ts';
import { semanticEqual } from '../shared/equal.ts';
import { canonical } from '../shared/hash.ts';
import { type IpFamily, isHeadless, type Member, targetRef } from './members.ts';

export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const MANAGER = 'endpointslice-controller.k8s.io';
export const SERVICE_NAME = 'kubernetes.io/service-name';
export const HEADLESS = 'service.kubernetes.io/headless';
const MAX_ENDPOINTS = 100;

/** Zone of a node by name. */
export type ZoneOf = (nodeName: string) => string | undefined;

export function endpointOf(member: Member, zoneOf: ZoneOf): Endpoint {
  const { pod, ip, ready, serving, terminating, hostname } = member;
  const nodeName = pod.spec.nodeName;
  return {
    addresses: [ip],
    conditions: { ready, serving, terminating },
    hostname,
    targetRef: targetRef(pod),
    nodeName,
    zone: nodeName ? zoneOf(nodeName) : undefined,
  };
}

/** Labels of a service's slices: the service's own and those that say whose they are. */
export function sliceLabels(service: Service): Record<string, string> {
  const { [SERVICE_NAME]: _, [MANAGED_BY]: __, [HEADLESS]: ___, ...own } = service.metadata.labels ?? {};
  return {
    ...own,
    ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
    [SERVICE_NAME]: service.metadata.name as string,
    [MANAGED_BY]: MANAGER,
  };
}

export interface SlicePlan {
  create: EndpointSlice[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

/**
 * Changes that bring the slices of one address family to the members: endpoints stay where they are, removed ones leave, new ones fill
 * slices with room, then new slices of at most 100. A service without endpoints keeps one empty slice.
 */
export function planSlices(
  service: Service & Owner,
  family: IpFamily,
  members: readonly Member[],
  existing: readonly EndpointSlice[],
  zoneOf: ZoneOf,
): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [] };
  const groups = new Map<string, { ports: Member['ports']; wanted: Map<string, Endpoint> }>();
  for (const member of members) {
    const id = canonical(member.ports);
    const group = groups.get(id) ?? { ports: member.ports, wanted: new Map<string, Endpoint>() };
    group.wanted.set(member.pod.metadata.uid as string, endpointOf(member, zoneOf));
    groups.set(id, group);
  }
  const labels = sliceLabels(service);
  const portsId = (slice: EndpointSlice) =>
    canonical(
      (slice.ports ?? []).map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({ name, port, protocol, appProtocol })),
    );
  const unused: EndpointSlice[] = [];
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const id = portsId(slice);
    if (groups.has(id)) byPorts.set(id, [...(byPorts.get(id) ?? []), slice]);
    else unused.push(slice);
  }
  const make = (ports: Member['ports'], endpoints: Endpoint[]): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      labels,
      ownerReferences: [newControllerRef(service)],
    },
    addressType: family,
    endpoints,
    ports: ports as EndpointSlice['ports'],
  });
  for (const [id, { ports, wanted }] of groups) {
    const kept = (byPorts.get(id) ?? []).map((slice) => ({ slice, endpoints: stay(slice, wanted) }));
    const added = [...wanted.values()];
    for (const entry of kept.sort((a, b) => b.endpoints.length - a.endpoints.length)) {
      entry.endpoints.push(...added.splice(0, Math.max(0, MAX_ENDPOINTS - entry.endpoints.length)));
      if (entry.endpoints.length === 0) plan.remove.push(entry.slice);
      else addUpdate(plan, entry.slice, entry.endpoints, labels);
    }
    while (added.length > 0) {
      const endpoints = added.splice(0, MAX_ENDPOINTS);
      const reused = unused.pop();
      if (reused)
        plan.update.push({
          ...reused,
          metadata: { ...reused.metadata, labels },
          endpoints,
          ports: ports as EndpointSlice['ports'],
        });
      else plan.create.push(make(ports, endpoints));
    }
  }
  if (groups.size === 0) {
    const placeholder = unused.pop();
    if (!placeholder) plan.create.push(make([], []));
    else addUpdate(plan, placeholder, [], labels, []);
  }
  plan.remove.push(...unused);
  return plan;
}

/** Takes the endpoints that remain in their slice out of `wanted`. */
function stay(slice: EndpointSlice, wanted: Map<string, Endpoint>): Endpoint[] {
  return (slice.endpoints ?? []).flatMap(({ targetRef: target }) => {
    const endpoint = target?.uid ? wanted.get(target.uid) : undefined;
    if (target?.uid) wanted.delete(target.uid);
    return endpoint ? [endpoint] : [];
  });
}

function addUpdate(
  plan: SlicePlan,
  slice: EndpointSlice,
  endpoints: Endpoint[],
  labels: Record<string, string>,
  ports: EndpointSlice['ports'] = slice.ports,
): void {
  const same =
    semanticEqual(slice.endpoints, endpoints) &&
    semanticEqual(slice.metadata.labels, labels) &&
    semanticEqual(slice.ports, ports);
  if (!same) plan.update.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints, ports });
}

/** Whether a slice is this controller's to change. */
export const isManaged = ({ metadata }: KubeObject): boolean => metadata.labels?.[MANAGED_BY] === MANAGER;
