import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import type { Deployment } from '../types.gen.ts';

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

export const deployments = builtin<Deployment>('apps/v1', 'deployments', {
  strategy: { default: defaultDeployment, prepareForCreate: clearStatus<Deployment>(() => ({})) },
});
