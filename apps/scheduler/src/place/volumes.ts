import { Quantity } from '@windlass/meta';
import {
  BIND_COMPLETED,
  findMatchingVolume,
  NO_PROVISIONER,
  type PersistentVolume,
  type PersistentVolumeClaim,
  reachableFrom,
  SELECTED_NODE,
  type StorageClass,
  storageClassOf,
} from '@windlass/resources';
import { refuse } from './filters.ts';
import type { NodeFacts, PodFacts, Refusal } from './types.ts';

/** Claims and volumes as placement sees them, with what earlier placements decided and the API does not show yet. */
export interface VolumeView {
  claim(key: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** Volumes of a storage class. */
  volumes(className: string): readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
  /** The volume that an earlier placement chose for a claim. */
  assumedVolume(key: string): string | undefined;
  /** The node for which an earlier placement has a claim's volume made. */
  assumedNode(key: string): string | undefined;
  /** Volumes that earlier placements chose. */
  taken: { has(name: string): boolean };
  assume(plan: VolumePlan): void;
}

/** What is to be written before a pod is bound, and waited for. */
export interface VolumePlan {
  bindings: readonly { claim: PersistentVolumeClaim; volume: PersistentVolume }[];
  provisions: readonly { claim: PersistentVolumeClaim; node: string }[];
  /** Keys of all claims that must be bound before the pod may run. */
  awaited: readonly string[];
}

export interface PodClaims {
  bound: readonly PersistentVolume[];
  /** A claim is bound to a volume that is not there. */
  missing: boolean;
  /** Claims that wait for their first consumer, smallest first. */
  free: readonly PersistentVolumeClaim[];
  /** Keys of claims that one pod alone may use. */
  exclusive: ReadonlySet<string>;
}

const quote = JSON.stringify;
export const keyOfClaim = ({ metadata }: PersistentVolumeClaim): string => `${metadata.namespace}/${metadata.name}`;

const requested = ({ spec }: PersistentVolumeClaim): number => Quantity.parse(spec.resources?.requests?.storage ?? 0).toNumber();

/** Sorts a pod's claims (VolumeBinding's PreFilter). @returns a text instead when no node can help */
export function claimsOf(pod: PodFacts, view: VolumeView): PodClaims | string {
  const bound: PersistentVolume[] = [];
  const free: PersistentVolumeClaim[] = [];
  const exclusive = new Set<string>();
  let missing = false;
  let immediate = false;
  for (const { key, name, ephemeral } of pod.claims) {
    const claim = view.claim(key);
    if (!claim)
      return ephemeral
        ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quote(name)}`
        : `persistentvolumeclaim ${quote(name)} not found`;
    const problem = claimProblem(claim, pod, ephemeral);
    if (problem) return problem;
    if (claim.spec.accessModes?.includes('ReadWriteOncePod')) exclusive.add(key);
    const { volumeName } = claim.spec;
    if (volumeName && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) {
      const volume = view.volume(volumeName);
      if (volume) bound.push(volume);
      else missing = true;
    } else if (!volumeName && view.storageClass(storageClassOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer')
      free.push(claim);
    else immediate = true;
  }
  if (immediate) return 'pod has unbound immediate PersistentVolumeClaims';
  return { bound, missing, free: free.sort((a, b) => requested(a) - requested(b)), exclusive };
}

function claimProblem(claim: PersistentVolumeClaim, pod: PodFacts, ephemeral: boolean): string | undefined {
  const { metadata, status, spec } = claim;
  if (ephemeral && !metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === pod.uid))
    return `PVC ${metadata.namespace}/${metadata.name} was not created for pod ${pod.namespace}/${pod.name} (pod is not owner)`;
  if (status?.phase === 'Lost')
    return `persistentvolumeclaim ${quote(metadata.name)} bound to non-existent persistentvolume ${quote(spec.volumeName ?? '')}`;
  if (metadata.deletionTimestamp) return `persistentvolumeclaim ${quote(metadata.name)} is being deleted`;
  return undefined;
}

const ZONE_LABELS = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
] as const;

/** VolumeZone: labels of a volume name the zones that it can be reached from, divided by `__`. */
const inZone = ({ metadata }: PersistentVolume, { labels }: NodeFacts): boolean =>
  ZONE_LABELS.every((key) => {
    const zones = metadata.labels?.[key];
    const isPlain = ZONE_LABELS.every((each) => labels[each] === undefined);
    return zones === undefined || isPlain || zones.split('__').includes(labels[key] ?? '');
  });

const inTopologies = ({ allowedTopologies }: StorageClass, { labels }: NodeFacts): boolean =>
  !allowedTopologies?.length ||
  allowedTopologies.some((term) =>
    (term.matchLabelExpressions ?? []).every(({ key, values }) => labels[key] !== undefined && values.includes(labels[key])),
  );

const CONFLICT = "node(s) didn't find available persistent volumes to bind";

const NOTHING: VolumePlan = { bindings: [], provisions: [], awaited: [] };

/** Whether a node reaches a pod's volumes, and what the unbound claims would get there (VolumeBinding, VolumeZone). */
export function volumesAt(claims: PodClaims, node: NodeFacts, view: VolumeView): Refusal | VolumePlan {
  if (claims.bound.length + claims.free.length === 0 && !claims.missing) return NOTHING;
  const reasons: string[] = [];
  if (claims.missing) reasons.push('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
  if (!claims.bound.every((volume) => reachableFrom(volume, node))) reasons.push('node(s) had volume node affinity conflict');
  const plan = planFree(claims.free, node, view);
  if (!plan) reasons.push(CONFLICT);
  if (!plan || reasons.length > 0) return { reasons, resolvable: false };
  if (!claims.bound.every((volume) => inZone(volume, node))) return refuse('node(s) had no available volume zone', false);
  return plan;
}

function planFree(free: readonly PersistentVolumeClaim[], node: NodeFacts, view: VolumeView): VolumePlan | undefined {
  const bindings: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
  const provisions: { claim: PersistentVolumeClaim; node: string }[] = [];
  const chosen = new Set<string>();
  const taken = { has: (name: string) => chosen.has(name) || view.taken.has(name) };
  for (const claim of free) {
    const key = keyOfClaim(claim);
    const assumed = view.assumedVolume(key);
    if (assumed !== undefined) {
      const volume = view.volume(assumed);
      if (!volume || !reachableFrom(volume, node)) return undefined;
      continue;
    }
    const selected = view.assumedNode(key) ?? claim.metadata.annotations?.[SELECTED_NODE];
    const className = storageClassOf(claim);
    const volume = selected === undefined && findMatchingVolume(claim, view.volumes(className), { node, taken, waits: true });
    if (volume) {
      chosen.add(volume.metadata.name!);
      bindings.push({ claim, volume });
      continue;
    }
    if (selected !== undefined && selected !== node.name) return undefined;
    const storageClass = view.storageClass(className)!;
    if (storageClass.provisioner === NO_PROVISIONER || !inTopologies(storageClass, node)) return undefined;
    provisions.push({ claim, node: node.name });
  }
  return { bindings, provisions, awaited: free.map(keyOfClaim) };
}

export const isRefusal = (found: Refusal | VolumePlan): found is Refusal => 'reasons' in found;
