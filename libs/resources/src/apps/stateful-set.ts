import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import type { StatefulSet } from '../types.gen.ts';

function defaultStatefulSet({ spec }: StatefulSet): void {
  spec.podManagementPolicy ||= 'OrderedReady';
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    // Written as whole objects: Go keeps the kind that older clients send, and shows an empty status with its default phase.
    claim.apiVersion ||= 'v1';
    claim.kind ||= 'PersistentVolumeClaim';
    claim.spec ??= {};
    claim.spec.volumeMode ??= 'Filesystem';
    claim.status ??= {};
    claim.status.phase ||= 'Pending';
  }
  defaultPodTemplate(spec.template);
}

export const statefulSets = builtin<StatefulSet>('apps/v1', 'statefulsets', {
  strategy: {
    default: defaultStatefulSet,
    prepareForCreate: clearStatus<StatefulSet>(() => ({ replicas: 0, availableReplicas: 0 })),
  },
});
