import type { AdmissionAttributes, ResourceReader } from '@windlass/apiserver';
import { type AnyObject, type LabelMatcher, type LabelSelector, labelSelectorMatcher, notFound } from '@windlass/meta';

const matchers = new WeakMap<LabelSelector, LabelMatcher>();

/** The selector, parsed once per object of configuration. */
export function matcherOf(selector: LabelSelector | undefined): LabelMatcher | undefined {
  if (!selector || (!selector.matchLabels && !selector.matchExpressions?.length)) return undefined;
  let matcher = matchers.get(selector);
  if (!matcher) {
    matcher = labelSelectorMatcher(selector);
    matchers.set(selector, matcher);
  }
  return matcher;
}

/** The namespace of a request; its own object when the request is for a namespace. @throws StatusError 404 */
export async function namespaceOf(attributes: AdmissionAttributes, reader: ResourceReader): Promise<AnyObject | undefined> {
  const { resource, subresource, namespace, name, operation, object } = attributes;
  const isNamespace = resource.group === '' && resource.resource === 'namespaces';
  if (isNamespace && object && subresource === '' && operation !== 'DELETE') return object;
  const wanted = isNamespace ? name || namespace : namespace;
  if (wanted === '') return undefined;
  const found = reader.get('', 'namespaces', '', wanted) ?? (await reader.getFresh('', 'namespaces', '', wanted));
  if (!found) throw notFound({ group: '', resource: 'namespaces' }, wanted);
  return found;
}

/** Cluster-scoped objects other than namespaces are never left out. @throws StatusError 404 */
export async function namespaceSelected(
  selector: LabelSelector | undefined,
  attributes: AdmissionAttributes,
  reader: ResourceReader,
): Promise<boolean> {
  const matcher = matcherOf(selector);
  if (!matcher) return true;
  const namespace = await namespaceOf(attributes, reader);
  return namespace === undefined || matcher.matches(namespace.metadata.labels);
}

/** Either the new or the old object may match. */
export function objectSelected(selector: LabelSelector | undefined, { object, oldObject }: AdmissionAttributes): boolean {
  const matcher = matcherOf(selector);
  if (!matcher) return true;
  return [object, oldObject].some((one) => one?.metadata !== undefined && matcher.matches(one.metadata.labels));
}
