import { builtin } from '../generic/definition.ts';
import type { Pod } from '../types.gen.ts';

const TERMINAL = new Set(['Succeeded', 'Failed']);

export const pods = builtin<Pod>('v1', 'pods', {
  hasGeneration: true,
  selectableFields: {
    'metadata.name': (pod) => pod.metadata.name ?? '',
    'metadata.namespace': (pod) => pod.metadata.namespace ?? '',
    'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIP ?? '',
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },
  gracePeriod(pod, requested) {
    // Nobody would ever confirm the end of a pod that no node runs.
    if (!pod.spec.nodeName || TERMINAL.has(pod.status?.phase ?? '')) return 0;
    return Math.max(requested ?? pod.spec.terminationGracePeriodSeconds ?? 30, requested === 0 ? 0 : 1);
  },
});
