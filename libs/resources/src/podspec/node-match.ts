import { labelValue, matchesLabels, meetsRequirement } from '@windlass/meta';
import type { NodeSelectorTerm, PodSpec } from '../types.gen.ts';

interface NodeIdentity {
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** A term with neither expressions nor fields matches nothing (core/v1 NodeSelectorTerm). */
export function matchesNodeTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: NodeIdentity): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every(({ key, operator, values }) => meetsRequirement(operator, values, labelValue(node.labels, key))) &&
    matchFields.every(({ key, operator, values }) => key === 'metadata.name' && meetsRequirement(operator, values, node.name))
  );
}

/** Whether a pod's nodeSelector and required node affinity allow the node (component-helpers nodeaffinity.GetRequiredNodeAffinity). */
export function matchesNodeSelector(
  { nodeSelector, affinity }: Pick<PodSpec, 'nodeSelector' | 'affinity'>,
  node: NodeIdentity,
): boolean {
  if (!matchesLabels(nodeSelector, node.labels)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node));
}
