import { cloneJson, equalJson, isMap, type JsonMap, setKey } from '../json-value.ts';

/** RFC 6902. */
export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  path: string;
  from?: string;
  value?: unknown;
}

/** Kubernetes' limit on operations in one patch (413 above). */
export const JSON_PATCH_MAX_OPERATIONS = 10_000;
/** What copies may add in bytes of JSON: a few operations could double the object over and over. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

/** The patch does not apply to the object. Kubernetes answers 422 and keeps the reason to itself. */
export class JsonPatchError extends Error {
  override name = 'JsonPatchError';
}

/** A `test` operation did not hold. */
export class JsonPatchTestError extends JsonPatchError {}

const fail = (message: string): never => {
  throw new JsonPatchError(message);
};

/** Reference tokens of a JSON pointer (RFC 6901). @throws JsonPatchError */
export function parsePointer(pointer: unknown): string[] {
  if (typeof pointer !== 'string') return fail('missing path');
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return fail(`invalid path ${pointer}`);
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/** Index into `list`; `limit` is the highest allowed. Negative indexes count from the end, as the Go library allows. */
function indexOf(token: string, length: number, limit: number): number {
  if (!/^-?\d+$/.test(token)) return fail(`invalid index ${token}`);
  const index = Number(token) < 0 ? length + Number(token) : Number(token);
  return index < 0 || index > limit ? fail(`index ${token} out of bounds`) : index;
}

function child(container: unknown, token: string): unknown {
  if (Array.isArray(container)) return container[indexOf(token, container.length, container.length - 1)];
  if (isMap(container) && Object.hasOwn(container, token)) return container[token];
  return fail(`missing ${token}`);
}

const parentOf = (root: JsonMap, tokens: string[]): unknown => tokens.slice(0, -1).reduce<unknown>(child, root);

function put(root: JsonMap, pointer: string[], value: unknown, replace: boolean): JsonMap {
  if (pointer.length === 0) return value as JsonMap;
  const parent = parentOf(root, pointer);
  const token = pointer.at(-1) as string;
  if (Array.isArray(parent)) {
    if (replace) parent[indexOf(token, parent.length, parent.length - 1)] = value;
    else parent.splice(token === '-' ? parent.length : indexOf(token, parent.length, parent.length), 0, value);
  } else if (isMap(parent)) {
    // The Go library adds a member that `replace` does not find.
    setKey(parent, token, value);
  } else fail(`no container at ${token}`);
  return root;
}

function take(root: JsonMap, pointer: string[]): unknown {
  const token = pointer.at(-1);
  if (token === undefined) return fail('cannot remove the whole document');
  const parent = parentOf(root, pointer);
  if (Array.isArray(parent)) return parent.splice(indexOf(token, parent.length, parent.length - 1), 1)[0];
  const value = child(parent, token);
  delete (parent as JsonMap)[token];
  return value;
}

const read = (root: JsonMap, pointer: string[]): unknown => pointer.reduce<unknown>(child, root);

/** A missing member equals null, as the Go library has it. */
function test(root: JsonMap, pointer: string[], expected: unknown): void {
  let actual: unknown = null;
  try {
    actual = read(root, pointer);
  } catch (error) {
    if (expected !== null && expected !== undefined) throw error;
  }
  if (!equalJson(actual ?? null, expected ?? null)) throw new JsonPatchTestError('testing value failed');
}

/** Applies a JSON patch to a copy. @throws JsonPatchError when an operation is malformed or does not apply */
export function applyJsonPatch(object: JsonMap, operations: readonly JsonPatchOperation[]): JsonMap {
  let root = cloneJson(object);
  let copied = 0;
  for (const operation of operations) {
    if (!isMap(operation)) fail('operation is no object');
    const pointer = parsePointer(operation.path);
    switch (operation.op) {
      case 'add':
      case 'replace':
        if (operation.value === undefined) fail('missing value');
        root = put(root, pointer, cloneJson(operation.value), operation.op === 'replace');
        break;
      case 'remove':
        take(root, pointer);
        break;
      case 'move': {
        const from = parsePointer(operation.from);
        if (pointer.length > from.length && from.every((token, i) => token === pointer[i])) fail('cannot move into itself');
        root = put(root, pointer, take(root, from), false);
        break;
      }
      case 'copy': {
        const value = read(root, parsePointer(operation.from));
        copied += JSON.stringify(value).length;
        if (copied > MAX_COPIED_BYTES) fail('copies exceed the limit');
        root = put(root, pointer, cloneJson(value), false);
        break;
      }
      case 'test':
        test(root, pointer, operation.value);
        break;
      default:
        fail(`unexpected kind: ${String(operation.op)}`);
    }
  }
  if (!isMap(root)) fail('the result is no object');
  return root;
}
