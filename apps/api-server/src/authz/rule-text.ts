import { goQuote } from '@windlass/meta';
import type { PolicyRule } from '@windlass/resources';

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`: a rule as refusals name it (rbac/v1 CompactString). */
export function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const fields = {
    APIGroups: apiGroups,
    Resources: resources,
    NonResourceURLs: nonResourceURLs,
    ResourceNames: resourceNames,
    Verbs: verbs,
  };
  const parts = Object.entries(fields)
    .filter(([, values]) => values?.length)
    .map(([name, values]) => `${name}:[${values!.map(goQuote).join(' ')}]`);
  return `{${parts.join(', ')}}`;
}
