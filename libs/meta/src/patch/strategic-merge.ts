import { goValue } from '../go-format.ts';
import { cloneJson, equalJson, isMap, type JsonMap, setKey } from '../json-value.ts';
import { badRequest, plainError } from '../status-errors.ts';
import { followsOrder, orderItems } from './list-order.ts';
import type { PatchField, PatchSchema } from './patch-schema.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';
const ORDER_PREFIX = '$setElementOrder/';

const badType = (type: unknown, map: JsonMap) => plainError(`unknown patch type: ${goValue(type)} in map: ${goValue(map)}`);
const noMergeKey = (map: JsonMap, key: string) => plainError(`map: ${goValue(map)} does not contain declared merge key: ${key}`);

/** A value that meets nothing in the original: nulls and directives go. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.some((item) => isMap(item) && item[DIRECTIVE] === 'replace')) {
      return value.filter((item) => !(isMap(item) && DIRECTIVE in item)).map(withoutDirectives);
    }
    return value.filter((item) => !(isMap(item) && item[DIRECTIVE] === 'delete')).map(withoutDirectives);
  }
  if (!isMap(value)) return value;
  if (value[DIRECTIVE] === 'delete') return {};
  const out: JsonMap = {};
  for (const [key, child] of Object.entries(value)) {
    if (child === null || key.startsWith('$')) continue;
    setKey(out, key, withoutDirectives(child));
  }
  return out;
}

function retainKeys(original: JsonMap, patch: JsonMap): void {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return;
  delete patch[RETAIN_KEYS];
  if (!Array.isArray(keys)) throw badRequest('invalid patch format of retainKeys');
  const kept = new Set(keys);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_PREFIX) || key.startsWith(ORDER_PREFIX)) continue;
    if (!kept.has(key)) throw badRequest('invalid patch format of retainKeys');
  }
  for (const key of Object.keys(original)) if (!kept.has(key)) delete original[key];
}

function sameKinds(...lists: unknown[][]): void {
  const items = lists.flat();
  const kinds = new Set(items.map((item) => (isMap(item) ? 'map' : Array.isArray(item) ? 'list' : typeof item)));
  if (kinds.size > 1) throw plainError(`list element types are not identical: [${lists.map(goValue).join(' ')}]`);
  if (kinds.has('list')) throw plainError('list of lists is not supported');
}

const unique = (items: unknown[]): unknown[] =>
  items.filter((item, i) => items.findIndex((other) => equalJson(other, item)) === i);

/** List items by merge key, after the list's own directives. */
function mergeMaps(
  original: unknown[],
  patch: unknown[],
  mergeKey: string,
  schema: PatchSchema,
): { merged: unknown[]; base: unknown[]; items: JsonMap[] } {
  let base = original;
  let items: JsonMap[] = [];
  let replace = false;
  for (const item of patch as JsonMap[]) {
    const directive = item[DIRECTIVE];
    if (directive === undefined) items.push(item);
    else if (directive === 'delete') {
      if (!(mergeKey in item)) throw noMergeKey(item, mergeKey);
      base = base.filter((other) => !equalJson((other as JsonMap)[mergeKey], item[mergeKey]));
    } else if (directive === 'replace') replace = true;
    else if (directive === 'merge') throw plainError('merging lists cannot yet be specified in the patch');
    else throw badType(directive, item);
  }
  if (replace) {
    base = items;
    items = [];
  }
  const merged = [...base];
  for (const item of items) {
    if (!(mergeKey in item)) throw noMergeKey(item, mergeKey);
    const at = merged.findIndex((other) => equalJson((other as JsonMap)[mergeKey], item[mergeKey]));
    if (at >= 0) merged[at] = mergeMap(merged[at] as JsonMap, item, schema);
    else merged.push(withoutDirectives(item));
  }
  return { merged, base, items };
}

function mergeList(original: unknown[], patch: unknown[], field: PatchField, deletes: boolean): unknown[] {
  // What is replaced is taken as it stands: directives in it are unknown fields to the decoder.
  if (!deletes && field.strategy !== 'merge') return patch;
  if (original.length === 0 && patch.length === 0) return original;
  sameKinds(original, patch);
  if (!isMap(original[0] ?? patch[0])) {
    if (deletes) return original.filter((item) => !patch.some((gone) => equalJson(gone, item)));
    return orderItems(unique([...original, ...patch]), patch, original, undefined);
  }
  if (!field.mergeKey) throw plainError('cannot merge lists without merge key');
  const { merged, base, items } = mergeMaps(original, patch, field.mergeKey, field.schema);
  return orderItems(merged, items, base, field.mergeKey);
}

/** Handles every `$setElementOrder/x` together with the patch's x. */
function applyElementOrders(original: JsonMap, patch: JsonMap, schema: PatchSchema): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(ORDER_PREFIX)) continue;
    const order = patch[key];
    const name = key.slice(ORDER_PREFIX.length);
    delete patch[key];
    if (!Array.isArray(order)) throw plainError(`expected a list, but received a ${typeof order}`);
    const before = Array.isArray(original[name]) ? (original[name] as unknown[]) : undefined;
    const change = Array.isArray(patch[name]) ? (patch[name] as unknown[]) : undefined;
    if (!before && !change) continue;
    const field = schema.field(name);
    const named = (change ?? []).filter((item) => !(isMap(item) && DIRECTIVE in item));
    if (!followsOrder(named, order, field.mergeKey)) {
      throw plainError(`The order in patch list:\n${goValue(named)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`);
    }
    let merged = before ?? [];
    if (change) merged = before ? mergeList(before, change, field, false) : (withoutDirectives(change) as unknown[]);
    original[name] = orderItems(merged, order, before ?? [], field.mergeKey);
    delete patch[name];
  }
}

/** strategicpatch's mergeMap; both arguments are owned by the call. */
function mergeMap(target: JsonMap | undefined, patch: JsonMap, schema: PatchSchema): JsonMap {
  const directive = patch[DIRECTIVE];
  if (directive !== undefined) {
    if (directive === 'delete') return {};
    if (directive !== 'replace') throw badType(directive, patch);
    const { [DIRECTIVE]: _, ...rest } = patch;
    return rest;
  }
  const original = target ?? {};
  retainKeys(original, patch);
  applyElementOrders(original, patch, schema);
  for (const [given, change] of Object.entries(patch)) {
    const deletes = given.startsWith(DELETE_PREFIX);
    const key = deletes ? given.slice(DELETE_PREFIX.length) : given;
    if (change === null) {
      delete original[key];
      continue;
    }
    const before = Object.hasOwn(original, key) ? original[key] : undefined;
    if (isMap(before) && isMap(change)) {
      const field = schema.field(key);
      original[key] = field.strategy === 'replace' ? change : mergeMap(before, change, field.schema);
    } else if (Array.isArray(before) && Array.isArray(change)) {
      original[key] = mergeList(before, change, schema.field(key), deletes);
    } else if (!deletes) setKey(original, key, withoutDirectives(change));
  }
  return original;
}

/**
 * Strategic merge patch (two-way) of a built-in kind; neither argument is changed.
 * @throws StatusError 400 or 500 with Kubernetes' texts
 */
export const applyStrategicMergePatch = (object: JsonMap, patch: JsonMap, schema: PatchSchema): JsonMap =>
  mergeMap(cloneJson(object), cloneJson(patch), schema);
