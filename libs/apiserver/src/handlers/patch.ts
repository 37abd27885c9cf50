import {
  type AnyObject,
  applyParsedPatch,
  goValue,
  PATCH_CONTENT_TYPES,
  type ParsedPatch,
  type PatchSchema,
  type PatchType,
  parsePatch,
  patchedInvalid,
  patchedText,
  patchSchema,
  type ResourceDefinition,
  restoreProblem,
  StatusError,
  unsupportedMediaType,
} from '@windlass/meta';
import type { WriteOptions } from '../registry/context.ts';
import { judge } from '../request/decoders.ts';
import type { RequestContext } from '../seams.ts';
import type { ServerParts } from '../server-parts.ts';
import { checkName } from './names.ts';

/** @throws StatusError 415; custom resources have no merge keys, so no strategic merge */
export function patchTypeOf(contentType: string | undefined, { custom }: ResourceDefinition): PatchType | 'apply' {
  const media = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  const type = Object.hasOwn(PATCH_CONTENT_TYPES, media) ? PATCH_CONTENT_TYPES[media] : undefined;
  if (type && !(custom && type === 'strategic')) return type;
  const accepted = Object.keys(PATCH_CONTENT_TYPES).filter((one) => !custom || PATCH_CONTENT_TYPES[one] !== 'strategic');
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

const schemas = new WeakMap<ServerParts, Map<string, PatchSchema>>();

function schemaOf(parts: ServerParts, name: string): PatchSchema {
  const known = schemas.get(parts) ?? new Map<string, PatchSchema>();
  schemas.set(parts, known);
  let schema = known.get(name);
  if (!schema) {
    schema = patchSchema(name, parts.schemas);
    known.set(name, schema);
  }
  return schema;
}

/** A patch body as a function from the current object to the wanted one. @throws StatusError 400, 413, 415; the function 400, 422 */
export function patcher(
  parts: ServerParts,
  definition: ResourceDefinition,
  type: PatchType,
  text: string,
  context: RequestContext,
  options: WriteOptions,
): (current: AnyObject) => AnyObject {
  const patch: ParsedPatch = parsePatch(text, type);
  const refuse = (result: unknown, why: string) =>
    patchedInvalid(
      patch.type === 'strategic'
        ? goValue(patch.patch)
        : patchedText(result, patch, definition.schema, (name) => parts.protobuf?.message(name)),
      why,
    );
  return (current) => {
    const result = applyParsedPatch(current as never, patch, schemaOf(parts, definition.schema));
    if (type === 'strategic') {
      const problem = restoreProblem(parts.schemas(definition.schema) ?? {}, result, parts.schemas);
      if (problem) throw refuse(result, problem);
    }
    let object: AnyObject;
    try {
      const decoded = parts.decoders.value(definition, result);
      decoded.problems.unshift(...patch.problems);
      object = judge(decoded, options.fieldValidation, definition.kind, context.warnings);
    } catch (error) {
      const why = error instanceof StatusError && / cannot be handled as a \S+: (.*)$/s.exec(error.message)?.[1];
      throw why ? refuse(result, why) : error;
    }
    checkName(object, context.info.name);
    return object;
  };
}
