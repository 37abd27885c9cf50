import { matchesNodeSelector, type Node, type Pod, untolerated } from '@windlass/resources';
import { type Allocatable, shortage, shortageText } from './fit.ts';
import { containersOf } from './spec.ts';
import { forbiddenSysctl, SYSCTL_FORBIDDEN } from './sysctls.ts';

export interface AdmissionFacts {
  node: Node | undefined;
  /** Pods whose resources are in use, with what they were granted. */
  others: readonly Pod[];
  allocatable: Allocatable;
  /** Patterns of the kubelet's allowedUnsafeSysctls. */
  allowedUnsafeSysctls: readonly string[];
  hasAppArmor: boolean;
  isStatic: boolean;
}

export interface Refusal {
  reason: string;
  message: string;
}

const OS_LABEL = 'kubernetes.io/os';
const OS = 'linux';
const ANY_ADDRESS = new Set(['', '0.0.0.0', '::']);

/** `address protocol port` of what a pod takes of the node, on its network or not. */
const portsOf = ({ spec }: Pod) =>
  [...spec.containers, ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')].flatMap(
    ({ ports }) =>
      (ports ?? []).flatMap(({ hostPort, hostIP = '', protocol = 'TCP' }) =>
        hostPort ? [{ key: `${protocol} ${hostPort}`, address: ANY_ADDRESS.has(hostIP) ? '' : hostIP }] : [],
      ),
  );

function portsCollide(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = portsOf(pod);
  if (wanted.length === 0) return false;
  const taken = others.flatMap(portsOf);
  return wanted.some(({ key, address }) =>
    taken.some((other) => other.key === key && (!address || !other.address || other.address === address)),
  );
}

const failed = (predicate: string, text: string): Refusal => ({
  reason: predicate,
  message: `Predicate ${predicate} failed: ${text}`,
});

function operatingSystem(pod: Pod): Refusal | undefined {
  if ((pod.metadata.labels?.[OS_LABEL] ?? OS) !== OS)
    return {
      reason: 'PodOSSelectorNodeLabelDoesNotMatch',
      message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    };
  if ((pod.spec.os?.name ?? OS) !== OS)
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  return undefined;
}

function predicates(pod: Pod, { node, others, allocatable, isStatic }: AdmissionFacts): Refusal | undefined {
  const missing = shortage(pod, others, allocatable);
  if (missing) return { reason: `OutOf${missing.resource}`, message: shortageText(missing) };
  if (!node) return undefined;
  const identity = { name: node.metadata.name!, labels: node.metadata.labels ?? {} };
  if (!matchesNodeSelector(pod.spec, identity))
    return failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (portsCollide(pod, others)) return failed('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  if (!isStatic && untolerated(node.spec?.taints ?? [], pod.spec.tolerations ?? [], ['NoExecute']))
    return failed('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  return undefined;
}

const wantsAppArmor = (pod: Pod): boolean =>
  [pod.spec.securityContext, ...containersOf(pod).map(({ container }) => container.securityContext)].some(
    (context) => context?.appArmorProfile && context.appArmorProfile.type !== 'Unconfined',
  );

/** Why the node does not take a pod, in the kubelet's words and order (pkg/kubelet/lifecycle, sysctl, apparmor); undefined: it does. Pure. */
export function refusal(pod: Pod, facts: AdmissionFacts): Refusal | undefined {
  const sysctl = forbiddenSysctl(pod, facts.allowedUnsafeSysctls);
  if (sysctl !== undefined) return { reason: SYSCTL_FORBIDDEN, message: sysctl };
  const os = operatingSystem(pod);
  if (os) return os;
  if (pod.spec.securityContext?.supplementalGroupsPolicy === 'Strict' && !facts.node?.status?.features?.supplementalGroupsPolicy)
    return {
      reason: 'SupplementalGroupsPolicyNotSupported',
      message: 'SupplementalGroupsPolicy=Strict is not supported in this node',
    };
  const unfit = predicates(pod, facts);
  if (unfit) return unfit;
  if (wantsAppArmor(pod) && !facts.hasAppArmor)
    return { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' };
  return undefined;
}
