import { goQuote, type Path, validateLabelValue } from '@windlass/meta';
import type { NodeSelectorTerm } from '../types.gen.ts';

const STABLE: Record<string, string> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** What to use instead of an old label of nodes. */
export const deprecatedNodeLabel = (key: string): string | undefined => (Object.hasOwn(STABLE, key) ? STABLE[key] : undefined);

/** GetWarningsForNodeSelectorTerm. `values`: also tell of values that no label can have (they are errors elsewhere). */
export function nodeSelectorTermWarnings(term: NodeSelectorTerm, values: boolean, at: Path): string[] {
  const warnings: string[] = [];
  term.matchExpressions?.forEach((expression, i) => {
    const here = at.child('matchExpressions').index(i);
    const text = deprecatedNodeLabel(expression.key);
    if (text) warnings.push(`${here.child('key')}: ${expression.key} is ${text}`);
    if (!values) return;
    expression.values?.forEach((value, j) => {
      for (const error of validateLabelValue(value))
        warnings.push(`${here.child('values').index(j)}: ${goQuote(value)} is invalid, ${error}`);
    });
  });
  return warnings;
}
