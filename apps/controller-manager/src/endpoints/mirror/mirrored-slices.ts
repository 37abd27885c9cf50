import { parseIp } from '@windlass/meta';
import type { Endpoint, EndpointAddress, EndpointSlice, EndpointSubset, Endpoints } from '@windlass/resources';
import { newControllerRef, type Owner } from '../../shared/claim.ts';
import { semanticEqual } from '../../shared/equal.ts';
import { canonical } from '../../shared/hash.ts';
import type { IpFamily } from '../members.ts';
import { MANAGED_BY, SERVICE_NAME, type SlicePlan } from '../slices.ts';

export const MIRROR_MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
/** Annotations that say nothing of the copy. */
const NOT_COPIED = ['kubectl.kubernetes.io/last-applied-configuration', 'endpoints.kubernetes.io/last-change-trigger-time'];
/** More addresses of one subset are not mirrored, as in Kubernetes. */
export const MAX_ADDRESSES = 1000;

/** Endpoints that are somebody's lease, or whose writer keeps slices itself, are not mirrored. */
export const isMirrored = ({ metadata }: Endpoints): boolean =>
  metadata.labels?.[SKIP_MIRROR] !== 'true' && !metadata.annotations?.[LEADER];

const endpointOf = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  hostname: hostname || undefined,
  nodeName,
  targetRef,
});

const addressesOf = ({ addresses = [], notReadyAddresses = [] }: EndpointSubset) => [
  ...addresses.map((address) => endpointOf(address, true)),
  ...notReadyAddresses.map((address) => endpointOf(address, false)),
];

/** Addresses beyond the limit, over all subsets. */
export const skippedOf = ({ subsets = [] }: Endpoints): number =>
  subsets.reduce((count, subset) => count + Math.max(0, addressesOf(subset).length - MAX_ADDRESSES), 0);

/** The slices that an Endpoints object is copied to: one per subset and address family. */
function desired(endpoints: Endpoints & Owner): EndpointSlice[] {
  const { name, namespace, labels, annotations = {} } = endpoints.metadata;
  const slices: EndpointSlice[] = [];
  for (const subset of endpoints.subsets ?? []) {
    const all = addressesOf(subset).slice(0, MAX_ADDRESSES);
    for (const [addressType, family] of [
      ['IPv4', 4],
      ['IPv6', 6],
    ] satisfies [IpFamily, 4 | 6][]) {
      const found = all.filter(({ addresses }) => parseIp(addresses[0] ?? '')?.family === family);
      if (found.length === 0) continue;
      slices.push({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          generateName: `${name}-`,
          namespace,
          labels: { ...labels, [SERVICE_NAME]: name as string, [MANAGED_BY]: MIRROR_MANAGER },
          annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => !NOT_COPIED.includes(key))),
          ownerReferences: [newControllerRef(endpoints)],
        },
        addressType,
        endpoints: found,
        ports: (subset.ports ?? []).map(({ name: port = '', protocol = 'TCP', ...rest }) => ({ name: port, protocol, ...rest })),
      });
    }
  }
  return slices;
}

const idOf = ({ addressType, ports }: EndpointSlice) =>
  canonical([
    addressType,
    (ports ?? []).map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({ name, port, protocol, appProtocol })),
  ]);

/** Pure: what turns the existing copies into what the Endpoints say; slices keep their ports, so that readers see few changes. */
export function planMirror(endpoints: (Endpoints & Owner) | undefined, existing: readonly EndpointSlice[]): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [] };
  const left = [...existing];
  for (const wanted of endpoints ? desired(endpoints) : []) {
    const at = left.findIndex((slice) => idOf(slice) === idOf(wanted));
    if (at < 0) {
      plan.create.push(wanted);
      continue;
    }
    const [slice] = left.splice(at, 1) as [EndpointSlice];
    const { labels, annotations } = wanted.metadata;
    const same =
      semanticEqual(slice.endpoints, wanted.endpoints) &&
      semanticEqual(slice.metadata.labels, labels) &&
      semanticEqual(slice.metadata.annotations ?? {}, annotations);
    if (!same) plan.update.push({ ...slice, metadata: { ...slice.metadata, labels, annotations }, endpoints: wanted.endpoints });
  }
  plan.remove = left;
  return plan;
}
