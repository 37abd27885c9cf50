import { type Column, path } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { clearStatus } from '../generic/status.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import { podWarnings } from '../podspec/warnings.ts';
import type { Deployment } from '../types.gen.ts';
import { validateDeployment, validateDeploymentStatus, validateDeploymentUpdate } from './deployment-rules.ts';
import { podNameWarnings } from './template.ts';
import { selectorColumn, templateColumns } from './template-columns.ts';

const TEMPLATE = path('spec', 'template');

function defaultDeployment({ spec }: Deployment): void {
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  defaultPodTemplate(spec.template);
}

const columns: readonly Column<Deployment>[] = [
  nameColumn as Column<Deployment>,
  column<Deployment>(
    'Ready',
    'string',
    'Number of the pod with ready state',
    ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
  ),
  column<Deployment>(
    'Up-to-date',
    'string',
    fieldDoc('apps.v1.DeploymentStatus', 'updatedReplicas'),
    ({ status }) => status?.updatedReplicas ?? 0,
  ),
  column<Deployment>(
    'Available',
    'string',
    fieldDoc('apps.v1.DeploymentStatus', 'availableReplicas'),
    ({ status }) => status?.availableReplicas ?? 0,
  ),
  ageColumn as Column<Deployment>,
  ...templateColumns<Deployment>({ template: ({ spec }) => spec.template }),
  selectorColumn<Deployment>(fieldDoc('apps.v1.DeploymentSpec', 'selector'), ({ spec }) => spec.selector),
];

export const deployments = builtin<Deployment>('apps/v1', 'deployments', {
  columns,
  strategy: {
    default: defaultDeployment,
    prepareForCreate: clearStatus<Deployment>(() => ({})),
    validate: validateDeployment,
    validateUpdate: validateDeploymentUpdate,
    warnings({ metadata, spec: { template } }, old) {
      if (old && old.metadata.generation === metadata.generation) return [];
      return [...(old ? [] : podNameWarnings(metadata.name)), ...podWarnings(template.metadata ?? {}, template.spec!, TEMPLATE)];
    },
  },
  subresources: {
    status: {
      prepareForUpdate(deployment, old) {
        // A status writer does not relabel what it reports on.
        if (old.metadata.labels) deployment.metadata.labels = old.metadata.labels;
        else delete deployment.metadata.labels;
      },
      validateUpdate: validateDeploymentStatus,
    },
  },
});
