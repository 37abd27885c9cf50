import { canonicalQuantity, Quantity, quantityValue } from '@windlass/meta';
import type { Container, Pod } from '@windlass/resources';
import { isSidecar } from '../pod/spec.ts';

/** Bytes on disk that a pod uses. */
export interface LocalStorage {
  /** Logs and writable layer by container. */
  containers: ReadonlyMap<string, number>;
  emptyDirs: ReadonlyMap<string, number>;
  total: number;
}

const STORAGE = 'ephemeral-storage';
const limitOf = ({ resources }: Container): number => quantityValue(resources?.limits?.[STORAGE] ?? '0');

/** Sum over what runs at the same time, or the largest init container; undefined when no container has a limit. */
function podLimit({ spec }: Pod): number | undefined {
  const init = spec.initContainers ?? [];
  if (![...spec.containers, ...init].some(({ resources }) => resources?.limits?.[STORAGE] !== undefined)) return undefined;
  const sum = [...spec.containers, ...init.filter(isSidecar)].reduce((total, container) => total + limitOf(container), 0);
  return Math.max(sum, ...init.filter((container) => !isSidecar(container)).map(limitOf));
}

const isOnDisk = (volume: NonNullable<Pod['spec']['volumes']>[number]): boolean =>
  volume.emptyDir !== undefined && volume.emptyDir.medium !== 'Memory' && quantityValue(volume.emptyDir.sizeLimit ?? '0') > 0;

/** Whether a pod's use of disks has to be measured at all. */
export const hasStorageLimits = (pod: Pod): boolean => podLimit(pod) !== undefined || (pod.spec.volumes ?? []).some(isOnDisk);

/** Why a pod must go for what it keeps on the node's disk, in the kubelet's words; undefined: it may stay. Pure. */
export function storageViolation(pod: Pod, used: LocalStorage): string | undefined {
  for (const volume of (pod.spec.volumes ?? []).filter(isOnDisk)) {
    const limit = volume.emptyDir!.sizeLimit!;
    if ((used.emptyDirs.get(volume.name) ?? 0) > quantityValue(limit))
      return `Usage of EmptyDir volume ${JSON.stringify(volume.name)} exceeds the limit ${JSON.stringify(canonicalQuantity(limit))}. `;
  }
  const total = podLimit(pod);
  if (total !== undefined && used.total > total) {
    const text =
      pod.spec.containers.length === 1
        ? canonicalQuantity(pod.spec.containers[0]!.resources!.limits![STORAGE]!)
        : Quantity.of(total, 'BinarySI').toString();
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${text}. `;
  }
  for (const container of pod.spec.containers) {
    const limit = limitOf(container);
    if (limit > 0 && (used.containers.get(container.name) ?? 0) > limit) {
      const text = canonicalQuantity(container.resources!.limits![STORAGE]!);
      return `Container ${container.name} exceeded its local ephemeral storage limit ${JSON.stringify(text)}. `;
    }
  }
  return undefined;
}
