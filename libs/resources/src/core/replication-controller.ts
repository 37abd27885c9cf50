import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import type { ReplicationController } from '../types.gen.ts';

const isEmpty = (map: object | undefined): boolean => Object.keys(map ?? {}).length === 0;

function defaultReplicationController({ metadata, spec }: ReplicationController): void {
  spec.replicas ??= 1;
  const labels = spec.template?.metadata?.labels;
  if (labels) {
    if (isEmpty(spec.selector)) spec.selector = { ...labels };
    if (isEmpty(metadata.labels)) metadata.labels = { ...labels };
  }
  if (spec.template) defaultPodTemplate(spec.template);
}

export const replicationControllers = builtin<ReplicationController>('v1', 'replicationcontrollers', {
  strategy: {
    default: defaultReplicationController,
    prepareForCreate: clearStatus<ReplicationController>(() => ({ replicas: 0 })),
  },
});
