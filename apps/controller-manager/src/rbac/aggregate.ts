import { equalJson, matchesSelector } from '@windlass/meta';
import type { ClusterRole, PolicyRule } from '@windlass/resources';

/**
 * Rules of every other role that a selector of `role` matches: selector by selector, roles by name, each rule once. Empty where `role` does
 * not aggregate.
 */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] {
  const byName = [...all].sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? [])
    for (const other of byName) {
      if (other.metadata.name === role.metadata.name || !matchesSelector(selector, other.metadata.labels ?? {})) continue;
      for (const rule of other.rules ?? []) if (!rules.some((known) => equalJson(known, rule))) rules.push(rule);
    }
  return rules;
}
