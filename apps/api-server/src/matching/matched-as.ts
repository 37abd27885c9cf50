import type { AdmissionAttributes, Definitions } from '@windlass/apiserver';
import type { ResourceDefinition } from '@windlass/meta';
import type { NamedRuleWithOperations } from '@windlass/resources';
import type { Seen } from './cel-values.ts';
import { convertTo, equivalents } from './equivalents.ts';
import { type RuleSubject, ruleMatches, subjectOf } from './rules.ts';

/** The version of the request's resource that the rules name: its own, or with matchPolicy Equivalent another. */
export function matchedAs(
  rules: readonly NamedRuleWithOperations[],
  matchPolicy: string | undefined,
  attributes: AdmissionAttributes,
  definitions: Definitions,
): ResourceDefinition | undefined {
  const subject = subjectOf(attributes);
  if (rules.some((rule) => ruleMatches(rule, subject))) return attributes.definition;
  if (matchPolicy === 'Exact') return undefined;
  return equivalents(definitions, attributes.definition).find((other) => {
    const resource = { group: other.group, version: other.version, resource: other.names.plural };
    const inOther: RuleSubject = { ...subject, resource };
    return rules.some((rule) => ruleMatches(rule, inOther));
  });
}

/** The request with its objects in another version of their resource. */
export async function seenAs(attributes: AdmissionAttributes, as: ResourceDefinition): Promise<Seen> {
  const { definition, object, oldObject, kind, resource } = attributes;
  if (as === definition) return { attributes, kind, resource, object, oldObject };
  const { group, version, names } = as;
  return {
    attributes,
    kind: { group, version, kind: as.kind },
    resource: { group, version, resource: names.plural },
    object: await convertTo(definition, as, object),
    oldObject: await convertTo(definition, as, oldObject),
  };
}
