import { isMap } from '../json-value.ts';
import type { ManagedType } from './managed-type.ts';

/**
 * What of a value decides its field set: keys, list keys, set members and zero values, but no other content. Maps are Maps, keyed lists are
 * lists of {@link Item}; a text stands for what is told apart as a whole.
 */
export type Shape = Map<string, Shape> | Item[] | string | number | boolean | null;

interface Item {
  keys: unknown[];
  shape: Shape;
}

const CONTENT = 's';
const ATOMIC = 'a';
const EMPTY_LIST = '[]';

const isZero = (value: unknown): value is null | '' | 0 | false =>
  value === null || value === '' || value === 0 || value === false;

const hasKeys = (value: object): boolean => {
  for (const _ in value) return true;
  return false;
};

/** @param type undefined: a key that the schema does not know */
export function shapeOf(type: ManagedType | undefined, value: unknown): Shape {
  if (type === undefined) return CONTENT;
  if (isZero(value)) return value;
  switch (type.kind) {
    case 'map':
      return isMap(value) ? mapShape(value, (key) => type.fields.get(key) ?? type.element, type.atomic) : CONTENT;
    case 'deduced':
      if (isMap(value)) return mapShape(value, () => type, type.atomic);
      return Array.isArray(value) && value.length === 0 ? EMPTY_LIST : CONTENT;
    case 'list':
      if (!Array.isArray(value)) return CONTENT;
      if (value.length === 0) return EMPTY_LIST;
      if (type.relation === 'atomic') return ATOMIC;
      if (type.relation === 'set') return JSON.stringify(value);
      return value.map((item) => ({ keys: type.keys.map((key) => keyOf(item, key)), shape: shapeOf(type.element, item) }));
    default:
      return CONTENT;
  }
}

function mapShape(value: Record<string, unknown>, typeOf: (key: string) => ManagedType | undefined, atomic: boolean): Shape {
  if (atomic && hasKeys(value)) return ATOMIC;
  const shape = new Map<string, Shape>();
  for (const key in value) if (value[key] !== undefined) shape.set(key, shapeOf(typeOf(key), value[key]));
  return shape;
}

const keyOf = (item: unknown, key: string): unknown => (item as Record<string, unknown> | null)?.[key];

/** Whether `shape` is the value's, up to the order of its keys. Makes nothing: a twentieth of the work of building the field set. */
export function hasShape(type: ManagedType | undefined, value: unknown, shape: Shape): boolean {
  if (type === undefined) return shape === CONTENT;
  if (isZero(value)) return shape === value;
  switch (type.kind) {
    case 'map':
    case 'deduced':
      if (isMap(value)) return mapHasShape(type, value, shape);
      return shape === (type.kind === 'deduced' && Array.isArray(value) && value.length === 0 ? EMPTY_LIST : CONTENT);
    case 'list':
      if (!Array.isArray(value)) return shape === CONTENT;
      if (value.length === 0) return shape === EMPTY_LIST;
      if (type.relation === 'atomic') return shape === ATOMIC;
      if (type.relation === 'set') return shape === JSON.stringify(value);
      if (!Array.isArray(shape) || shape.length !== value.length) return false;
      for (let i = 0; i < value.length; i++) {
        const known = shape[i]!;
        for (let k = 0; k < type.keys.length; k++) if (keyOf(value[i], type.keys[k]!) !== known.keys[k]) return false;
        if (!hasShape(type.element, value[i], known.shape)) return false;
      }
      return true;
    default:
      return shape === CONTENT;
  }
}

function mapHasShape(type: ManagedType & { kind: 'map' | 'deduced' }, value: Record<string, unknown>, shape: Shape): boolean {
  if (type.atomic && hasKeys(value)) return shape === ATOMIC;
  if (!(shape instanceof Map)) return false;
  let keys = 0;
  for (const key in value) {
    const content = value[key];
    if (content === undefined) continue;
    const known = shape.get(key);
    if (known === undefined) return false;
    const below = type.kind === 'deduced' ? type : (type.fields.get(key) ?? type.element);
    if (!hasShape(below, content, known)) return false;
    keys++;
  }
  return keys === shape.size;
}
