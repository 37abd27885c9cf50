import type { PersistentVolumeClaimSpec, TypedLocalObjectReference } from '../../types.gen.ts';

const isClaimOrSnapshot = ({ kind, apiGroup = '' }: TypedLocalObjectReference): boolean =>
  (kind === 'PersistentVolumeClaim' && apiGroup === '') || (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io');

/**
 * dataSource takes claims and snapshots only and drops everything else silently; dataSourceRef, which takes anything, follows from it and
 * the other way round (KEP-1495).
 */
export function alignDataSources(spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec | undefined): void {
  if (spec.dataSourceRef && !old?.dataSourceRef?.namespace) delete spec.dataSourceRef.namespace;
  const inUse = old?.dataSource !== undefined || old?.dataSourceRef !== undefined;
  if (spec.dataSource && !inUse && !isClaimOrSnapshot(spec.dataSource)) delete spec.dataSource;
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) {
    const { namespace: _, ...local } = spec.dataSourceRef;
    spec.dataSource = local;
  }
}
