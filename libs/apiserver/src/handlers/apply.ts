import { type AnyObject, badRequest, parseYaml, type ResourceDefinition, StatusError } from '@windlass/meta';
import type { WriteOptions } from '../registry/context.ts';
import { type Manage, setManagedFields } from '../registry/field-management.ts';
import { judge } from '../request/decoders.ts';
import type { RequestContext } from '../seams.ts';
import type { ServerParts } from '../server-parts.ts';

/** The body of an apply as the client wrote it. @throws StatusError 400 */
function parseApplied(definition: ResourceDefinition, text: string, name: string): AnyObject {
  let value: unknown;
  try {
    value = parseYaml(text).value;
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('error decoding YAML: the body must be an object');
  const applied = value as AnyObject;
  const wanted = definition.group ? `${definition.group}/${definition.version}` : definition.version;
  if (applied.apiVersion !== wanted || applied.kind !== definition.kind)
    throw badRequest(
      `invalid object type: ${applied.apiVersion ?? ''}, Kind=${applied.kind ?? ''}, want ${wanted}, Kind=${definition.kind}`,
    );
  if (applied.metadata?.name !== undefined && applied.metadata.name !== name)
    throw badRequest(`the name of the object (${applied.metadata.name}) does not match the name on the URL (${name})`);
  return applied;
}

/** Server-side apply (KEP-555): creates the object or merges into it, with ownership of fields. @throws StatusError */
export async function applyObject(
  parts: ServerParts,
  definition: ResourceDefinition,
  context: RequestContext,
  text: string,
  options: WriteOptions,
): Promise<{ object: AnyObject; created: boolean }> {
  const { registry } = parts;
  const { name, namespace, subresource } = context.info;
  const applied = parseApplied(definition, text, name);
  const writer = { manager: options.fieldManager, subresource, force: options.force };
  const decode = (value: AnyObject) =>
    judge(
      parts.decoders.value(definition, JSON.parse(JSON.stringify(value))),
      options.fieldValidation,
      definition.kind,
      context.warnings,
    );
  let fields: AnyObject['metadata']['managedFields'];
  const manage: Manage = (object) => setManagedFields(object, fields);
  const merge = (current: AnyObject | undefined): AnyObject => {
    const result = registry.fields.apply(definition, current, applied, writer, registry.now());
    fields = result.managedFields;
    const object = decode(result.object ?? current!);
    object.metadata.name = name;
    if (definition.scope === 'Namespaced') object.metadata.namespace ??= namespace;
    return object;
  };
  for (let attempt = 0; ; attempt++) {
    try {
      return { object: await registry.update(definition, context, options, merge, manage), created: false };
    } catch (error) {
      const missing = error instanceof StatusError && error.code === 404 && subresource === '' && attempt < 5;
      if (!missing) throw error;
    }
    if (applied.metadata?.uid)
      throw badRequest(
        `uid mismatch: the provided object specified uid ${applied.metadata.uid}, and no existing object was found`,
      );
    try {
      const create: RequestContext = { ...context, info: { ...context.info, verb: 'create' } };
      return { object: await registry.create(definition, create, merge(undefined), options, manage), created: true };
    } catch (error) {
      if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) throw error;
    }
  }
}
