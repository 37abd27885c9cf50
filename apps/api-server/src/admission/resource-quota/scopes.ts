import type { Pod, ResourceQuota, ScopedResourceSelectorRequirement } from '@windlass/resources';
import { allContainers } from '../pods.ts';

const isBestEffort = ({ spec }: Pod): boolean =>
  allContainers(spec).every(({ resources }) =>
    [resources?.requests, resources?.limits].every((list) => !list?.cpu && !list?.memory),
  );

const crossesNamespaces = ({ spec: { affinity } }: Pod): boolean =>
  [affinity?.podAffinity, affinity?.podAntiAffinity]
    .flatMap((rules) => [
      ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ])
    .some(({ namespaces, namespaceSelector }) => namespaces?.length || namespaceSelector);

function byValue({ operator, values = [] }: ScopedResourceSelectorRequirement, value: string): boolean {
  if (operator === 'Exists') return value !== '';
  if (operator === 'DoesNotExist') return value === '';
  return values.includes(value) === (operator === 'In');
}

function inScope(requirement: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  switch (requirement.scopeName as string) {
    case 'Terminating':
      return pod.spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return byValue(requirement, pod.spec.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return false;
  }
}

/** Whether a pod is in all scopes of a quota. */
export function matchesScopes({ spec }: ResourceQuota, pod: Pod): boolean {
  const plain = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }) as ScopedResourceSelectorRequirement);
  return [...plain, ...(spec?.scopeSelector?.matchExpressions ?? [])].every((requirement) => inScope(requirement, pod));
}

export const hasScopes = ({ spec }: ResourceQuota): boolean =>
  (spec?.scopes ?? []).length + (spec?.scopeSelector?.matchExpressions ?? []).length > 0;
