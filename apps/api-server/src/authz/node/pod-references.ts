import type { Pod, Volume } from '@windlass/resources';
import { allContainers } from '@windlass/resources';
import { isMirrorPod } from '../../admission/pods.ts';

export interface Reference {
  resource: 'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'serviceaccounts' | 'resourceclaims';
  name: string | undefined;
}

function* ofVolume(pod: Pod, volume: Volume): Generator<Reference> {
  const { secret, configMap, projected, persistentVolumeClaim, ephemeral, azureFile, csi } = volume;
  if (secret) yield { resource: 'secrets', name: secret.secretName };
  if (configMap) yield { resource: 'configmaps', name: configMap.name };
  if (persistentVolumeClaim) yield { resource: 'persistentvolumeclaims', name: persistentVolumeClaim.claimName };
  if (ephemeral) yield { resource: 'persistentvolumeclaims', name: `${pod.metadata.name}-${volume.name}` };
  for (const source of projected?.sources ?? []) {
    if (source.secret) yield { resource: 'secrets', name: source.secret.name };
    if (source.configMap) yield { resource: 'configmaps', name: source.configMap.name };
  }
  if (azureFile) yield { resource: 'secrets', name: azureFile.secretName };
  if (csi?.nodePublishSecretRef) yield { resource: 'secrets', name: csi.nodePublishSecretRef.name };
  const { cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos } = volume;
  for (const source of [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos])
    if (source?.secretRef) yield { resource: 'secrets', name: source.secretRef.name };
}

/** What a pod's node must read to run it, all in the pod's namespace. Mirror pods lend their node nothing. */
export function* podReferences(pod: Pod): Generator<Reference> {
  if (isMirrorPod(pod)) return;
  const { spec, status } = pod;
  if (spec.serviceAccountName) yield { resource: 'serviceaccounts', name: spec.serviceAccountName };
  for (const { name } of spec.imagePullSecrets ?? []) yield { resource: 'secrets', name };
  for (const { env, envFrom } of allContainers(spec)) {
    for (const { valueFrom } of env ?? []) {
      if (valueFrom?.secretKeyRef) yield { resource: 'secrets', name: valueFrom.secretKeyRef.name };
      if (valueFrom?.configMapKeyRef) yield { resource: 'configmaps', name: valueFrom.configMapKeyRef.name };
    }
    for (const { secretRef, configMapRef } of envFrom ?? []) {
      if (secretRef) yield { resource: 'secrets', name: secretRef.name };
      if (configMapRef) yield { resource: 'configmaps', name: configMapRef.name };
    }
  }
  for (const volume of spec.volumes ?? []) yield* ofVolume(pod, volume);
  for (const claim of spec.resourceClaims ?? [])
    if (claim.resourceClaimName) yield { resource: 'resourceclaims', name: claim.resourceClaimName };
  for (const claim of status?.resourceClaimStatuses ?? []) yield { resource: 'resourceclaims', name: claim.resourceClaimName };
}
