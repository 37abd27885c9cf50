import type { Node, NodeSelectorRequirement, PodSpec } from '@windlass/resources';
import { matchesLabels } from './selectors.ts';

/** Whether a pod's nodeSelector and required node affinity allow the node (component-helpers nodeaffinity.GetRequiredNodeAffinity). */
export function fitsAffinity({ nodeSelector, affinity }: PodSpec, node: Node): boolean {
  if (!matchesLabels(nodeSelector, node.metadata.labels)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  return required.nodeSelectorTerms.some(({ matchExpressions = [], matchFields = [] }) => {
    // An empty term selects nothing.
    if (matchExpressions.length + matchFields.length === 0) return false;
    return (
      matchExpressions.every((requirement) => meets(requirement, node.metadata.labels?.[requirement.key])) &&
      matchFields.every((requirement) => requirement.key === 'metadata.name' && meets(requirement, node.metadata.name))
    );
  });
}

function meets({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  const number = (text: string | undefined) => (text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined);
  const [have, bound] = [number(value), number(values[0])];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return have !== undefined && bound !== undefined && have > bound;
    case 'Lt':
      return have !== undefined && bound !== undefined && have < bound;
    default:
      return false;
  }
}
