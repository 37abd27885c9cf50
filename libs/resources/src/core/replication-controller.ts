import { type Column, type FieldError, fieldError, labelsMatcher, path } from '@windlass/meta';
import { validateReplicaStatus } from '../apps/replica-rules.ts';
import { podNameWarnings, validateReplicaTemplate } from '../apps/template.ts';
import { templateColumns } from '../apps/template-columns.ts';
import { nonNegative } from '../fields/numbers.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { metadataFields } from '../generic/selectable.ts';
import { clearStatus } from '../generic/status.ts';
import { labelsText } from '../generic/texts.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import { podWarnings } from '../podspec/warnings.ts';
import type { ReplicationController, ReplicationControllerSpec } from '../types.gen.ts';

type RC = ReplicationController;

const AT = path('spec');

const isEmpty = (map: object | undefined): boolean => Object.keys(map ?? {}).length === 0;

function defaultReplicationController({ metadata, spec }: RC): void {
  spec.replicas ??= 1;
  const labels = spec.template?.metadata?.labels;
  if (labels) {
    if (isEmpty(spec.selector)) spec.selector = { ...labels };
    if (isEmpty(metadata.labels)) metadata.labels = { ...labels };
  }
  if (spec.template) defaultPodTemplate(spec.template);
}

/** ValidateReplicationControllerSpec */
function validateSpec(
  { minReadySeconds, selector, replicas, template }: ReplicationControllerSpec,
  old?: ReplicationControllerSpec,
): FieldError[] {
  const here = AT.child('template');
  return [
    ...nonNegative(minReadySeconds, AT.child('minReadySeconds')),
    ...(isEmpty(selector) ? [fieldError.required(AT.child('selector'))] : []),
    ...nonNegative(replicas, AT.child('replicas')),
    ...(template
      ? validateReplicaTemplate(template, labelsMatcher(selector, true), 'ReplicationController', here, old?.template)
      : [fieldError.required(here)]),
  ];
}

const columns: readonly Column<RC>[] = [
  nameColumn as Column<RC>,
  column<RC>('Desired', 'integer', fieldDoc('core.v1.ReplicationControllerSpec', 'replicas'), ({ spec }) => spec?.replicas ?? 0),
  column<RC>(
    'Current',
    'integer',
    fieldDoc('core.v1.ReplicationControllerStatus', 'replicas'),
    ({ status }) => status?.replicas ?? 0,
  ),
  column<RC>(
    'Ready',
    'integer',
    fieldDoc('core.v1.ReplicationControllerStatus', 'readyReplicas'),
    ({ status }) => status?.readyReplicas ?? 0,
  ),
  ageColumn as Column<RC>,
  ...templateColumns<RC>({ template: ({ spec }) => spec?.template }),
  column<RC>(
    'Selector',
    'string',
    fieldDoc('core.v1.ReplicationControllerSpec', 'selector'),
    ({ spec }) => labelsText(spec?.selector),
    { wide: true },
  ),
];

export const replicationControllers = builtin<RC>('v1', 'replicationcontrollers', {
  columns,
  selectableFields: { ...metadataFields, 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  strategy: {
    default: defaultReplicationController,
    prepareForCreate: clearStatus<RC>(() => ({ replicas: 0 })),
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: ({ spec }, old) => validateSpec(spec, old.spec),
    warnings({ metadata, spec: { template } }, old) {
      if (old && old.metadata.generation === metadata.generation) return [];
      const own = old ? [] : podNameWarnings(metadata.name);
      return template ? [...own, ...podWarnings(template.metadata ?? {}, template.spec!, AT.child('template'))] : own;
    },
  },
  subresources: { status: { validateUpdate: validateReplicaStatus } },
});
