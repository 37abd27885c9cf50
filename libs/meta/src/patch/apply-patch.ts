import { jsonKind } from '../decode/go-types.ts';
import { JsonSyntaxError, parseJson } from '../decode/json.ts';
import { fieldError } from '../field-errors.ts';
import { isMap, type JsonMap } from '../json-value.ts';
import type { StatusError } from '../status.ts';
import { badRequest, invalid, requestEntityTooLarge, unprocessable } from '../status-errors.ts';
import { applyJsonPatch, JSON_PATCH_MAX_OPERATIONS, JsonPatchError, type JsonPatchOperation } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { PatchSchema } from './patch-schema.ts';
import { applyStrategicMergePatch } from './strategic-merge.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

export const PATCH_CONTENT_TYPES: Record<string, PatchType | 'apply'> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** A patch that was read but not yet applied. */
export type ParsedPatch = (
  | { type: 'json'; operations: JsonPatchOperation[] }
  | { type: 'merge'; patch: JsonMap }
  | { type: 'strategic'; patch: JsonMap }
) & {
  /** Duplicate fields, as of {@link parseJson}. */
  problems: string[];
};

const GO_MAP = 'Go value of type map[string]interface {}';

function readJson(text: string, prefix: string): { value: unknown; problems: string[] } {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw badRequest(`${prefix}${error.message}`);
    throw error;
  }
}

/** Reads a patch body. @throws StatusError 400, 413 */
export function parsePatch(text: string, type: PatchType): ParsedPatch {
  if (type === 'strategic') {
    const { value, problems } = readJson(text, '');
    if (value !== null && !isMap(value)) throw badRequest(`json: cannot unmarshal ${jsonKind(value)} into ${GO_MAP}`);
    return { type, patch: value ?? {}, problems };
  }
  const { value, problems } = readJson(text, 'error decoding patch: ');
  if (type === 'merge') {
    if (value === null) throw badRequest('Invalid JSON Patch');
    if (!isMap(value)) throw badRequest(`error decoding patch: json: cannot unmarshal ${jsonKind(value)} into ${GO_MAP}`);
    return { type, patch: value, problems };
  }
  if (value !== null && !Array.isArray(value)) {
    throw badRequest(`error decoding patch: json: cannot unmarshal ${jsonKind(value)} into Go value of type jsonpatch.Patch`);
  }
  const operations = (value ?? []) as JsonPatchOperation[];
  if (operations.length > JSON_PATCH_MAX_OPERATIONS) {
    const text = `The allowed maximum operations in a JSON patch is ${JSON_PATCH_MAX_OPERATIONS}, got ${operations.length}`;
    throw requestEntityTooLarge(text);
  }
  return { type, operations, problems };
}

/** The patched value, not yet decoded; `object` is not changed but may share parts with the result. @throws StatusError 400, 422, 500 */
export function applyParsedPatch(object: JsonMap, patch: ParsedPatch, schema: PatchSchema): JsonMap {
  switch (patch.type) {
    case 'merge':
      return applyMergePatch(object, patch.patch);
    case 'strategic':
      return applyStrategicMergePatch(object, patch.patch, schema);
    case 'json':
      try {
        return applyJsonPatch(object, patch.operations);
      } catch (error) {
        if (error instanceof JsonPatchError) throw unprocessable();
        throw error;
      }
  }
}

/** The patched value is no object of the kind: 422 on the field `patch`, showing what was patched. */
export const patchedInvalid = (patched: string, message: string): StatusError =>
  invalid('', '', '', [fieldError.invalid('patch', patched, message)]);
