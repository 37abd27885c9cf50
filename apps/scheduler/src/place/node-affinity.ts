import type { NodeSelectorRequirement, NodeSelectorTerm } from '@windlass/resources';
import type { NodeFacts } from './types.ts';

function meets({ key, operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  void key;
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
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** A term with neither expressions nor fields matches nothing (core/v1 NodeSelectorTerm). */
export function termMatches(term: NodeSelectorTerm, node: NodeFacts): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement) => meets(requirement, node.labels[requirement.key])) &&
    fields.every((requirement) => requirement.key === 'metadata.name' && meets(requirement, node.name))
  );
}
