import { type AdmissionAttributes, type Definitions, type ResourceReader, showStored, storedResource } from '@windlass/apiserver';
import { type AnyObject, parseApiVersion, type ResourceDefinition } from '@windlass/meta';
import type { ParamKind, ParamRef } from '@windlass/resources';
import { matcherOf } from '../matching/selectors.ts';

/** What is wrong with a policy or binding itself; its failurePolicy decides what follows. */
export class ConfigurationError extends Error {}

/** The definition of a policy's parameters. @throws ConfigurationError when there is no such kind */
export function paramDefinition({ apiVersion = '', kind = '' }: ParamKind, definitions: Definitions): ResourceDefinition {
  const { group, version } = parseApiVersion(apiVersion);
  const found = definitions.all().find((one) => one.group === group && one.version === version && one.kind === kind);
  if (found) return found;
  const gv = group ? `${group}/${version}` : `/${version}`;
  throw new ConfigurationError(`failed to find resource referenced by paramKind: '${gv}, Kind=${kind}'`);
}

/** @throws ConfigurationError for a reference that does not fit the scope of the parameters */
function paramNamespace({ namespace = '' }: ParamRef, definition: ResourceDefinition, attributes: AdmissionAttributes): string {
  if (definition.scope !== 'Namespaced') {
    if (namespace) throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
    return '';
  }
  if (namespace || attributes.namespace) return namespace || attributes.namespace;
  throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
}

/**
 * The parameters of a binding for a request, each of which the policy is to judge with; [undefined] when there are none to be had.
 * @throws ConfigurationError
 */
export async function collectParams(
  definition: ResourceDefinition | undefined,
  ref: ParamRef | undefined,
  attributes: AdmissionAttributes,
  reader: ResourceReader,
): Promise<(AnyObject | undefined)[]> {
  if (!definition || !ref) return [undefined];
  const namespace = paramNamespace(ref, definition, attributes);
  const { group, resource } = storedResource(definition);
  const found = ref.name
    ? [reader.get(group, resource, namespace, ref.name) ?? (await reader.getFresh(group, resource, namespace, ref.name))]
    : reader
        .list(group, resource, namespace || undefined)
        .filter(({ metadata }) => matcherOf(ref.selector)?.matches(metadata.labels) ?? true);
  const params = found.filter((one) => one !== undefined);
  if (params.length === 0 && ref.parameterNotFoundAction === 'Deny')
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  return Promise.all(params.map((one) => shown(definition, one)));
}

async function shown(definition: ResourceDefinition, stored: AnyObject): Promise<AnyObject> {
  const { group, version, kind } = definition;
  const [object] = await showStored(definition, [stored]);
  return { ...object!, apiVersion: group ? `${group}/${version}` : version, kind };
}
