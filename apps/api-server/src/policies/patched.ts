import type { Registry } from '@windlass/apiserver';
import {
  type AnyObject,
  applyJsonPatch,
  CelMap,
  CelObject,
  type CelValue,
  celToJson,
  JsonPatchError,
  type JsonPatchOperation,
  JsonPatchTestError,
  MergeError,
  type ResourceDefinition,
} from '@windlass/meta';
import type { CompiledMutation } from './mutating-compile.ts';

/** A mutation that does not fit the object; the policy's failurePolicy decides what follows. */
export class MutationError extends Error {}

/** Objects must be named by the way to them: `Object.spec` at `spec`. @throws MutationError */
function checkTypeNames(value: unknown, expected: string): void {
  if (value instanceof CelObject) {
    const { name } = value.type;
    if (name !== expected)
      throw new MutationError(
        `type mismatch: unexpected type name ${JSON.stringify(name)}, expected ${JSON.stringify(expected)}, which matches field name path from root Object type`,
      );
    for (const [field, member] of Object.entries(value.json)) checkTypeNames(member, `${expected}.${field}`);
  } else if (Array.isArray(value)) for (const item of value) checkTypeNames(item, expected);
  else if (value instanceof CelMap) for (const [, item] of value.entries()) checkTypeNames(item, expected);
}

function operationOf(patch: CelObject): JsonPatchOperation {
  const { value } = patch.json;
  if (value instanceof CelObject) checkTypeNames(value, value.type.name);
  return Object.fromEntries(
    Object.entries(patch.json).map(([key, member]) => [key, celToJson(member as CelValue)]),
  ) as unknown as JsonPatchOperation;
}

/** What a mutation makes of an object, not decoded yet; the object itself when a `test` of the patch fails. @throws MutationError */
export function patched(
  { type }: CompiledMutation,
  value: CelValue,
  object: AnyObject,
  as: ResourceDefinition,
  { fields }: Registry,
): AnyObject {
  try {
    if (type === 'JSONPatch') {
      const operations = (value as CelObject[]).map(operationOf);
      return applyJsonPatch(object as never, operations) as unknown as AnyObject;
    }
    checkTypeNames(value, 'Object');
    const { apiVersion, kind } = object;
    return fields.merge(as, object, { ...(celToJson(value) as object), apiVersion, kind } as AnyObject);
  } catch (error) {
    if (error instanceof JsonPatchTestError) return object;
    if (error instanceof JsonPatchError) throw new MutationError(`JSON Patch: ${error.message}`);
    if (error instanceof MergeError) throw new MutationError(`error applying patch: ${error.message}`);
    throw error;
  }
}
