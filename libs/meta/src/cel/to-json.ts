import { durationText, timestampText } from './library/times.ts';
import { CelMap, CelObject, type CelValue, Duration, Optional, Timestamp, Uint } from './values.ts';

/** A value as JSON data: numbers for int and uint, base64 for bytes, RFC 3339 for timestamps. @throws TypeError for values without a JSON form */
export function celToJson(value: CelValue): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Optional) return value.value === undefined ? null : celToJson(value.value);
  if (Array.isArray(value)) return value.map(celToJson);
  if (value instanceof CelMap)
    return Object.fromEntries(Array.from(value.entries(), ([key, item]) => [String(celToJson(key)), celToJson(item)]));
  // Members of objects may be JSON still, of which nothing has been asked.
  if (value instanceof CelObject || Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(
      Object.entries(value instanceof CelObject ? value.json : value).map(([key, item]) => [key, celToJson(item as CelValue)]),
    );
  throw new TypeError('no such conversion to JSON');
}
