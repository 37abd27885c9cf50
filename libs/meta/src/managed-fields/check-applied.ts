import { isMap } from '../json-value.ts';
import { pathText } from './field-set.ts';
import { itemElement } from './list-items.ts';
import type { ListType, ManagedType, MapType } from './managed-type.ts';
import { typeOfKey } from './walk.ts';

const goText = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value);
  return `&value.valueUnstructured{Value:${text}}`;
};

function checkScalar(of: string | undefined, value: unknown): string | undefined {
  if (of === undefined || value === null) return undefined;
  const fits =
    of === 'string' ? typeof value === 'string' : of === 'boolean' ? typeof value === 'boolean' : typeof value === 'number';
  return fits ? undefined : `expected ${of === 'numeric' ? 'numeric (int or float)' : of}, got ${goText(value)}`;
}

function checkMap(type: MapType, value: unknown, path: string[], errors: string[]): void {
  if (value === null) return;
  if (!isMap(value)) {
    errors.push(`${pathText(path)}: expected map, got ${goText(value)}`);
    return;
  }
  for (const key of Object.keys(value)) {
    const here = [...path, `f:${key}`];
    if (!type.fields.has(key) && !type.element) errors.push(`${pathText(here)}: field not declared in schema`);
    else check(typeOfKey(type, key), value[key], here, errors);
  }
}

function checkList(type: ListType, value: unknown, path: string[], errors: string[]): void {
  if (value === null) return;
  if (!Array.isArray(value)) {
    errors.push(`${pathText(path)}: expected list, got ${goText(value)}`);
    return;
  }
  const seen = new Set<string>();
  value.forEach((item, i) => {
    if (type.relation === 'atomic') {
      check(type.element, item, [...path, `i:${i}`], errors);
      return;
    }
    const element = itemElement(type, item);
    if (element === undefined) {
      const missing = isMap(item)
        ? type.keys.find((key) => item[key] === undefined && type.keyDefaults[key] === undefined)
        : undefined;
      const what = missing
        ? `associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`
        : 'associative list with keys may not have non-map elements';
      errors.push(`${pathText(path)}: element ${i}: ${what}`);
      return;
    }
    if (seen.has(element)) errors.push(`${pathText(path)}: duplicate entries for key ${pathText([element])}`);
    seen.add(element);
    check(type.element, item, [...path, element], errors);
  });
}

function check(type: ManagedType, value: unknown, path: string[], errors: string[]): void {
  if (type.kind === 'map') checkMap(type, value, path, errors);
  else if (type.kind === 'list') checkList(type, value, path, errors);
  else if (type.kind === 'scalar') {
    const error = checkScalar(type.of, value);
    if (error) errors.push(`${pathText(path)}: ${error}`);
  }
}

/** What keeps an applied configuration from being typed: undeclared fields, wrong types, items named twice. */
export function appliedErrors(type: ManagedType, value: unknown): string[] {
  const errors: string[] = [];
  check(type, value, [], errors);
  return errors;
}
