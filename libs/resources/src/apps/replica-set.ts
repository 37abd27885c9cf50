import { type Column, type FieldError, labelSelectorMatcher, path } from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { nonNegative } from '../fields/numbers.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { clearStatus } from '../generic/status.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import { podWarnings } from '../podspec/warnings.ts';
import type { ReplicaSet, ReplicaSetSpec } from '../types.gen.ts';
import { validateReplicaStatus } from './replica-rules.ts';
import { podNameWarnings, validateOwnSelector, validateReplicaTemplate } from './template.ts';
import { selectorColumn, templateColumns } from './template-columns.ts';

const AT = path('spec');

function defaultReplicaSet({ spec }: ReplicaSet): void {
  spec.replicas ??= 1;
  if (spec.template) defaultPodTemplate(spec.template);
}

/** ValidateReplicaSetSpec; an absent template is an empty one. */
function validateSpec(spec: ReplicaSetSpec, old?: ReplicaSetSpec): FieldError[] {
  const { errors, readable } = validateOwnSelector(spec.selector, 'deployment', AT.child('selector'));
  return [
    ...nonNegative(spec.replicas, AT.child('replicas')),
    ...nonNegative(spec.minReadySeconds, AT.child('minReadySeconds')),
    ...errors,
    ...(readable
      ? validateReplicaTemplate(
          spec.template!,
          labelSelectorMatcher(spec.selector),
          'ReplicaSet',
          AT.child('template'),
          old?.template,
        )
      : []),
  ];
}

const columns: readonly Column<ReplicaSet>[] = [
  nameColumn as Column<ReplicaSet>,
  column<ReplicaSet>('Desired', 'integer', fieldDoc('apps.v1.ReplicaSetSpec', 'replicas'), ({ spec }) => spec?.replicas ?? 0),
  column<ReplicaSet>(
    'Current',
    'integer',
    fieldDoc('apps.v1.ReplicaSetStatus', 'replicas'),
    ({ status }) => status?.replicas ?? 0,
  ),
  column<ReplicaSet>(
    'Ready',
    'integer',
    fieldDoc('apps.v1.ReplicaSetStatus', 'readyReplicas'),
    ({ status }) => status?.readyReplicas ?? 0,
  ),
  ageColumn as Column<ReplicaSet>,
  ...templateColumns<ReplicaSet>({ template: ({ spec }) => spec?.template }),
  selectorColumn<ReplicaSet>(fieldDoc('apps.v1.ReplicaSetSpec', 'selector'), ({ spec }) => spec?.selector),
];

export const replicaSets = builtin<ReplicaSet>('apps/v1', 'replicasets', {
  columns,
  strategy: {
    default: defaultReplicaSet,
    prepareForCreate: clearStatus<ReplicaSet>(() => ({ replicas: 0 })),
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: ({ spec }, old) => [
      ...validateSpec(spec, old.spec),
      ...immutable(spec.selector, old.spec.selector, AT.child('selector')),
    ],
    warnings({ metadata, spec: { template } }, old) {
      if (old && old.metadata.generation === metadata.generation) return [];
      const own = old ? [] : podNameWarnings(metadata.name);
      return [...own, ...podWarnings(template?.metadata ?? {}, template!.spec!, AT.child('template'))];
    },
  },
  subresources: { status: { validateUpdate: validateReplicaStatus } },
});
