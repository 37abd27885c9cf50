import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import type { ReplicaSet } from '../types.gen.ts';

function defaultReplicaSet({ spec }: ReplicaSet): void {
  spec.replicas ??= 1;
  if (spec.template) defaultPodTemplate(spec.template);
}

export const replicaSets = builtin<ReplicaSet>('apps/v1', 'replicasets', {
  strategy: { default: defaultReplicaSet, prepareForCreate: clearStatus<ReplicaSet>(() => ({ replicas: 0 })) },
});
