import {
  type AnyObject,
  apiVersionOf,
  badRequest,
  jsonKind,
  parseYaml,
  type ResourceDefinition,
  StatusError,
} from '@windlass/meta';
import type { WriteOptions } from '../registry/context.ts';
import { type Manage, setManagedFields } from '../registry/field-management.ts';
import type { Written } from '../registry/written.ts';
import { judge } from '../request/decoders.ts';
import type { RequestContext } from '../seams.ts';
import type { ServerParts } from '../server-parts.ts';
import { asCreate } from './create-on-write.ts';
import { checkName } from './names.ts';

const decodingFailed = (why: string): StatusError => badRequest(`error decoding YAML: ${why}`);

/** The body of an apply as the client wrote it, and what strict validation objects to in its text. @throws StatusError 400 */
export function parseApplied(definition: ResourceDefinition, text: string): { applied: AnyObject; problems: string[] } {
  let parsed: ReturnType<typeof parseYaml>;
  try {
    parsed = parseYaml(text);
  } catch (error) {
    throw decodingFailed(`error converting YAML to JSON: ${(error as Error).message}`);
  }
  const value = parsed.value ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw decodingFailed(
      `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`,
    );
  const applied = value as AnyObject;
  const { apiVersion = '', kind = '' } = applied;
  if (apiVersion !== apiVersionOf(definition.group, definition.version) || kind !== definition.kind)
    throw badRequest(`invalid object type: ${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`);
  return { applied, problems: parsed.problems };
}

/** Duplicate keys of the text are told, or refused, once the apply itself went well. @throws StatusError 400 */
export function judgeText(problems: readonly string[], validation: WriteOptions['fieldValidation'], warnings: string[]): void {
  if (problems.length === 0) return;
  if (validation === 'Strict')
    throw badRequest(
      `error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n${problems.map((p) => `  ${p}`).join('\n')}`,
    );
  if (validation === 'Warn') warnings.push(...problems);
}

/** Server-side apply (KEP-555): creates the object or merges into it, with ownership of fields. @throws StatusError */
export async function applyObject(
  parts: ServerParts,
  definition: ResourceDefinition,
  context: RequestContext,
  text: string,
  options: WriteOptions,
): Promise<Written & { created: boolean }> {
  const { registry } = parts;
  const { name, namespace, subresource } = context.info;
  const { applied, problems } = parseApplied(definition, text);
  // Without a name it is that of the URL.
  if (applied.metadata?.name !== undefined) checkName(applied, name);
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
    judgeText(problems, options.fieldValidation, context.warnings);
    const object = decode(result.object ?? current!);
    object.metadata.name = name;
    if (definition.scope === 'Namespaced') object.metadata.namespace ??= namespace;
    return object;
  };
  for (let attempt = 0; ; attempt++) {
    try {
      return { ...(await registry.update(definition, context, options, merge, manage)), created: false };
    } catch (error) {
      const missing = error instanceof StatusError && error.code === 404 && subresource === '' && attempt < 5;
      if (!missing) throw error;
    }
    try {
      const create = await asCreate(parts, definition, context);
      return { ...(await registry.create(definition, create, merge(undefined), options, manage)), created: true };
    } catch (error) {
      if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) throw error;
    }
  }
}
