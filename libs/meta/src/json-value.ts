/** Plain JSON data. */
export type JsonMap = Record<string, unknown>;

export const isMap = (value: unknown): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deep copy of JSON data; several times faster than structuredClone. */
export function cloneJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const out = new Array(value.length);
    for (let i = 0; i < value.length; i++) out[i] = cloneJson(value[i]);
    return out as T;
  }
  const out: JsonMap = {};
  for (const key in value) {
    const child = (value as JsonMap)[key];
    setKey(out, key, typeof child === 'object' ? cloneJson(child) : child);
  }
  return out as T;
}

/** Assignment that a key such as `__proto__` cannot turn into something else. */
export function setKey(map: JsonMap, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  else map[key] = value;
}

/** Deep equality of JSON data; absent and undefined members are equal. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equalJson(a[i], b[i])) return false;
    return true;
  }
  const left = a as JsonMap;
  const right = b as JsonMap;
  for (const key in left) if (!equalJson(left[key], Object.hasOwn(right, key) ? right[key] : undefined)) return false;
  for (const key in right) if (right[key] !== undefined && !Object.hasOwn(left, key)) return false;
  return true;
}

export const isEmptyMap = (value: unknown): boolean => {
  if (!isMap(value)) return false;
  for (const _ in value) return false;
  return true;
};
