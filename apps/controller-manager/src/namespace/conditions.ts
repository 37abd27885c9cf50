import type { NamespaceCondition } from '@windlass/resources';

/** What one pass of deletion found. */
export interface Findings {
  /** Group versions that discovery could not read. */
  undiscovered: string[];
  /** Texts of failed deletions. */
  errors: string[];
  /** `pods.` or `deployments.apps` → instances left. */
  remaining: Map<string, number>;
  /** Finalizer → instances that wait for it. */
  finalizers: Map<string, number>;
}

const counted = (map: Map<string, number>, text: (name: string, count: number) => string): string =>
  [...map]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => text(name, count))
    .join(', ');

/** The five conditions of a namespace that is being deleted. (k8s.io/kubernetes/pkg/controller/namespace/deletion status_condition_utils.go) */
export function deletionConditions(found: Findings, old: readonly NamespaceCondition[], time: string): NamespaceCondition[] {
  const { undiscovered, errors, remaining, finalizers } = found;
  const wanted: [string, boolean, string, string][] = [
    undiscovered.length
      ? [
          'NamespaceDeletionDiscoveryFailure',
          true,
          'DiscoveryFailed',
          `Discovery failed for some groups, ${undiscovered.length} failing: unable to retrieve the complete list of server APIs: ${undiscovered.join(', ')}`,
        ]
      : ['NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'],
    ['NamespaceDeletionGroupVersionParsingFailure', false, 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    errors.length
      ? [
          'NamespaceDeletionContentFailure',
          true,
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`,
        ]
      : [
          'NamespaceDeletionContentFailure',
          false,
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        ],
    remaining.size
      ? [
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${counted(remaining, (name, count) => `${name} has ${count} resource instances`)}`,
        ]
      : ['NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'],
    finalizers.size
      ? [
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${counted(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
        ]
      : ['NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
  ];
  const types = new Set(wanted.map(([type]) => type));
  const others = old.filter(({ type }) => !types.has(type));
  return [
    ...others,
    ...wanted.map(([type, bad, reason, message]): NamespaceCondition => {
      const status = bad ? 'True' : 'False';
      const had = old.find((c) => c.type === type);
      return { type, status, lastTransitionTime: had?.status === status ? had.lastTransitionTime : time, reason, message };
    }),
  ];
}
