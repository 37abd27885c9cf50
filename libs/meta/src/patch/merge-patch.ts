import { cloneJson, isMap, type JsonMap, setKey } from '../json-value.ts';

/** RFC 7386: null deletes, objects merge, everything else replaces. Returns a new object that may share parts with `target`. */
export function applyMergePatch(target: unknown, patch: JsonMap): JsonMap {
  const out: JsonMap = isMap(target) ? { ...target } : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null) delete out[key];
    else if (isMap(value)) setKey(out, key, applyMergePatch(Object.hasOwn(out, key) ? out[key] : undefined, value));
    else setKey(out, key, cloneJson(value));
  }
  return out;
}
