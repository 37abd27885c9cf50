import { builtin } from '../generic/definition.ts';
import { clearStatus } from '../generic/status.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import type { DaemonSet } from '../types.gen.ts';

function defaultDaemonSet({ spec }: DaemonSet): void {
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  defaultPodTemplate(spec.template);
}

const EMPTY_STATUS = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };

export const daemonSets = builtin<DaemonSet>('apps/v1', 'daemonsets', {
  strategy: { default: defaultDaemonSet, prepareForCreate: clearStatus<DaemonSet>(() => ({ ...EMPTY_STATUS })) },
});
