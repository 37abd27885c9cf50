import { type Column, path } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import { podWarnings } from '../podspec/warnings.ts';
import type { StatefulSet } from '../types.gen.ts';
import { validateStatefulSet, validateStatefulSetStatus, validateStatefulSetUpdate } from './stateful-set-rules.ts';
import { podNameWarnings } from './template.ts';
import { templateColumns } from './template-columns.ts';

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

const columns: readonly Column<StatefulSet>[] = [
  nameColumn as Column<StatefulSet>,
  column<StatefulSet>(
    'Ready',
    'string',
    'Number of the pod with ready state',
    ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
  ),
  ageColumn as Column<StatefulSet>,
  ...templateColumns<StatefulSet>({ template: ({ spec }) => spec.template }),
];

const TEMPLATE = path('spec', 'template');

function warnings({ metadata, spec }: StatefulSet, old: StatefulSet | undefined): string[] {
  if (old && old.metadata.generation === metadata.generation) return [];
  const { template, revisionHistoryLimit = 0 } = spec;
  return [
    ...(old ? [] : podNameWarnings(metadata.name)),
    ...podWarnings(template.metadata ?? {}, template.spec!, TEMPLATE),
    ...(revisionHistoryLimit < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ];
}

export const statefulSets = builtin<StatefulSet>('apps/v1', 'statefulsets', {
  nameRule: 'dns1123Label',
  columns,
  strategy: {
    default: defaultStatefulSet,
    prepareForCreate: clearStatus<StatefulSet>(() => ({ replicas: 0, availableReplicas: 0 })),
    validate: validateStatefulSet,
    validateUpdate: validateStatefulSetUpdate,
    warnings,
  },
  subresources: { status: { validateUpdate: validateStatefulSetStatus } },
});
