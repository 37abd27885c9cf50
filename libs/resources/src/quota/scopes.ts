import type { AnyObject } from '@windlass/meta';
import { podQosClass } from '../podspec/pod-resources.ts';
import type { PersistentVolumeClaim, Pod, ResourceQuota, ScopedResourceSelectorRequirement } from '../types.gen.ts';
import type { GroupResource } from './tracked.ts';

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

function podInScope(requirement: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  switch (requirement.scopeName as string) {
    case 'Terminating':
      return pod.spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return podQosClass(pod.spec) === 'BestEffort';
    case 'NotBestEffort':
      return podQosClass(pod.spec) !== 'BestEffort';
    case 'PriorityClass':
      return byValue(requirement, pod.spec.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return false;
  }
}

/** A claim is in the scope of every class that it has, had and is on its way to (KEP-3751). */
function claimInScope(requirement: ScopedResourceSelectorRequirement, { spec, status }: PersistentVolumeClaim): boolean {
  if ((requirement.scopeName as string) !== 'VolumeAttributesClass') return false;
  const { currentVolumeAttributesClassName: current, modifyVolumeStatus } = status ?? {};
  const names = [spec?.volumeAttributesClassName, current, modifyVolumeStatus?.targetVolumeAttributesClassName].filter(Boolean);
  return (names.length > 0 ? names : ['']).some((name) => byValue(requirement, name as string));
}

/** Whether an object is in all scopes of a quota: kinds other than pods and claims are in none. */
export function matchesScopes({ spec }: ResourceQuota, { group, resource }: GroupResource, object: AnyObject): boolean {
  const plain = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }) as ScopedResourceSelectorRequirement);
  return [...plain, ...(spec?.scopeSelector?.matchExpressions ?? [])].every((requirement) => {
    if (group !== '') return false;
    if (resource === 'pods') return podInScope(requirement, object as unknown as Pod);
    return resource === 'persistentvolumeclaims' && claimInScope(requirement, object as unknown as PersistentVolumeClaim);
  });
}
