import { path } from '@windlass/meta';
import { builtin } from '../generic/definition.ts';
import { metadataFields } from '../generic/selectable.ts';
import { defaultPod } from '../podspec/pod-defaults.ts';
import { validateEphemeralUpdate } from '../podspec/pod-ephemeral.ts';
import { preparePod } from '../podspec/pod-prepare.ts';
import { keepToResize, validatePodResize } from '../podspec/pod-resize.ts';
import { validatePodCreate } from '../podspec/pod-rules.ts';
import { keepFixedStatus, validatePodStatusUpdate } from '../podspec/pod-status.ts';
import { validatePodUpdate } from '../podspec/pod-update.ts';
import { podWarnings } from '../podspec/warnings.ts';
import type { Pod } from '../types.gen.ts';
import { podColumns } from './pod-columns.ts';

const TERMINAL = new Set(['Succeeded', 'Failed']);
const WHOLE = path();

const warnings = ({ metadata, spec }: Pod): string[] => podWarnings(metadata, spec, WHOLE);

export const pods = builtin<Pod>('v1', 'pods', {
  columns: podColumns,
  strategy: {
    default: defaultPod,
    prepareForCreate: preparePod,
    validate: validatePodCreate,
    validateUpdate: validatePodUpdate,
    warnings,
  },
  subresources: {
    status: { prepareForUpdate: keepFixedStatus, validateUpdate: validatePodStatusUpdate },
    ephemeralcontainers: { keepsMetadata: true, validateUpdate: validateEphemeralUpdate, warnings },
    resize: { prepareForUpdate: keepToResize, validateUpdate: validatePodResize, warnings },
  },
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
