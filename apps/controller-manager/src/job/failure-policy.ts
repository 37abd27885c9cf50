import type { ContainerStatus, Pod, PodCondition, PodFailurePolicy, PodFailurePolicyRule } from '@windlass/resources';

export interface PolicyMatch {
  action?: PodFailurePolicyRule['action'];
  /** Whether the failure counts against the back-off limits. */
  counts: boolean;
  /** Set for FailJob. */
  message?: string;
}

/** The first rule of a pod failure policy that a failed pod meets. (job/pod_failure_policy.go) */
export function matchFailurePolicy(policy: PodFailurePolicy, pod: Pod): PolicyMatch {
  for (const [at, rule] of policy.rules.entries()) {
    const container = rule.onExitCodes && matchingContainer(rule.onExitCodes, pod);
    const condition = rule.onExitCodes ? undefined : matchingCondition(rule, pod);
    if (!container && !condition) continue;
    if (rule.action !== 'FailJob') return { action: rule.action, counts: rule.action !== 'Ignore' };
    const subject = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const what = container
      ? `Container ${container.name} for pod ${subject} failed with exit code ${container.state?.terminated?.exitCode}`
      : `Pod ${subject} has condition ${condition?.type}`;
    return { action: rule.action, counts: true, message: `${what} matching ${rule.action} rule at index ${at}` };
  }
  return { counts: true };
}

function matchingContainer(rule: NonNullable<PodFailurePolicyRule['onExitCodes']>, pod: Pod): ContainerStatus | undefined {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return all.find(({ name, state }) => {
    const code = state?.terminated?.exitCode;
    if (code === undefined || code === 0 || (rule.containerName !== undefined && rule.containerName !== name)) return false;
    return rule.operator === 'In' ? rule.values.includes(code) : !rule.values.includes(code);
  });
}

const matchingCondition = ({ onPodConditions }: PodFailurePolicyRule, pod: Pod): PodCondition | undefined =>
  pod.status?.conditions?.find((condition) =>
    onPodConditions?.some(({ type, status }) => type === condition.type && (status ?? 'True') === condition.status),
  );
