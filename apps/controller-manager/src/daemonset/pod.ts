import type { Affinity, DaemonSet, Pod, Toleration } from '@windlass/resources';
import { POD_REVISION } from '../history/revisions.ts';
import type { Owner } from '../shared/claim.ts';
import { podFromTemplate } from '../shared/pod-template.ts';

export type OwnedDaemonSet = DaemonSet & Owner;
const GENERATION = 'deprecated.daemonset.template.generation';

const exists = (key: string, effect: Toleration['effect']): Toleration => ({ key, operator: 'Exists', effect });
const TOLERATIONS = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
];

/** What daemons tolerate on top of their template: they are wanted on nodes in trouble. */
export function daemonTolerations({ spec }: DaemonSet): Toleration[] {
  const own = spec.template.spec?.tolerations ?? [];
  const network = spec.template.spec?.hostNetwork ? [exists('node.kubernetes.io/network-unavailable', 'NoSchedule')] : [];
  const isSame = (a: Toleration, b: Toleration) => a.key === b.key && a.operator === b.operator && a.effect === b.effect;
  const added = [...TOLERATIONS, ...network].filter((wanted) => !own.some((toleration) => isSame(toleration, wanted)));
  return [...own, ...added];
}

/** The pod of a daemon set for one node, which the scheduler binds it to. */
export function daemonPod(set: OwnedDaemonSet, nodeName: string, hash: string): Pod {
  const pod = podFromTemplate(set.spec.template, set);
  const generation = set.metadata.annotations?.[GENERATION];
  pod.metadata.labels = {
    ...pod.metadata.labels,
    [POD_REVISION]: hash,
    ...(generation ? { 'pod-template-generation': generation } : {}),
  };
  const affinity: Affinity = {
    ...pod.spec.affinity,
    nodeAffinity: {
      ...pod.spec.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }],
      },
    },
  };
  pod.spec = { ...pod.spec, affinity, tolerations: daemonTolerations(set) };
  return pod;
}

/** The node that a pod runs on or was made for. */
export function targetNode({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const field = terms?.[0]?.matchFields?.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
  return field?.values?.[0];
}
