import type { AdmissionAttributes, Definitions, ResourceReader } from '@windlass/apiserver';
import type { ResourceDefinition } from '@windlass/meta';
import type { MatchResources } from '@windlass/resources';
import { matchedAs } from '../matching/matched-as.ts';
import { namespaceSelected, objectSelected } from '../matching/selectors.ts';

export interface MatchServices {
  reader: ResourceReader;
  definitions: Definitions;
}

/**
 * The version in which a policy or binding means the request; undefined when it does not
 * (k8s.io/apiserver/pkg/admission/plugin/policy/matching). A selector that cannot be judged counts only when the rules match.
 * @throws StatusError 404 of the namespace
 */
export async function matchResources(
  resources: MatchResources | undefined,
  attributes: AdmissionAttributes,
  { reader, definitions }: MatchServices,
): Promise<ResourceDefinition | undefined> {
  if (!resources) return attributes.definition;
  const { excludeResourceRules = [], resourceRules = [], matchPolicy } = resources;
  const selected = namespaceSelected(resources.namespaceSelector, attributes, reader).catch((error: Error) => error);
  if ((await selected) === false) return undefined;
  if (!objectSelected(resources.objectSelector, attributes)) return undefined;
  if (excludeResourceRules.length > 0 && matchedAs(excludeResourceRules, matchPolicy, attributes, definitions)) return undefined;
  const as = resourceRules.length > 0 ? matchedAs(resourceRules, matchPolicy, attributes, definitions) : attributes.definition;
  const problem = await selected;
  if (as && problem instanceof Error) throw problem;
  return as;
}
