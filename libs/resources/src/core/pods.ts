import { builtin } from '../generic/definition.ts';
import { metadataFields } from '../generic/selectable.ts';
import { defaultPod } from '../podspec/pod-defaults.ts';
import { podQosClass } from '../podspec/pod-resources.ts';
import { validatePodCreate } from '../podspec/pod-rules.ts';
import type { Pod } from '../types.gen.ts';

const TERMINAL = new Set(['Succeeded', 'Failed']);

function prepareForCreate(pod: Pod): void {
  pod.status = { phase: 'Pending', qosClass: podQosClass(pod.spec) };
}

export const pods = builtin<Pod>('v1', 'pods', {
  strategy: { default: defaultPod, prepareForCreate, validate: validatePodCreate, validateUpdate: () => [] },
  selectableFields: {
    ...metadataFields,
    'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },
  gracePeriod(pod, requested) {
    // Nobody would ever confirm the end of a pod that no node runs.
    if (!pod.spec.nodeName || TERMINAL.has(pod.status?.phase ?? '')) return 0;
    return Math.max(requested ?? pod.spec.terminationGracePeriodSeconds ?? 30, requested === 0 ? 0 : 1);
  },
});
