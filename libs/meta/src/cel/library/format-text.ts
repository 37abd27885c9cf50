import { CelError } from '../errors.ts';
import { CelMap, CelObject, type CelValue, Duration, shortTypeName, Timestamp, TypeValue, Uint } from '../values.ts';
import { durationText, timestampText } from './times.ts';

/** A value as `%s` writes it. */
export function valueText(value: CelValue): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return String(value);
    case 'boolean':
    case 'bigint':
      return String(value);
  }
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof TypeValue) return shortTypeName(value.type);
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (value instanceof CelMap) {
    const entries = [...value.entries()].map(([key, item]) => [valueText(key), valueText(item)] as const);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${key}: ${item}`)
      .join(', ')}}`;
  }
  if (value instanceof CelObject) return JSON.stringify(value.json);
  return String(value);
}

const integerOf = (value: CelValue): bigint | undefined =>
  typeof value === 'bigint' ? value : value instanceof Uint ? value.value : undefined;

function clause(verb: string, precision: string | undefined, value: CelValue): string {
  const whole = integerOf(value);
  switch (verb) {
    case 's':
      return valueText(value);
    case 'd':
      if (whole !== undefined) return String(whole);
      break;
    case 'f':
    case 'e': {
      const number = typeof value === 'number' ? value : whole === undefined ? undefined : Number(whole);
      if (number === undefined) break;
      const digits = Number(precision ?? 6);
      if (verb === 'f') return number.toFixed(digits);
      return number.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
    }
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      if (whole !== undefined) return whole.toString(2);
      break;
    case 'o':
      if (whole !== undefined) return whole.toString(8);
      break;
    case 'x':
    case 'X': {
      const hex =
        whole !== undefined
          ? whole.toString(16)
          : typeof value === 'string'
            ? Buffer.from(value).toString('hex')
            : value instanceof Uint8Array
              ? Buffer.from(value).toString('hex')
              : undefined;
      if (hex !== undefined) return verb === 'X' ? hex.toUpperCase() : hex;
      break;
    }
    default:
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
  throw new CelError(`error during formatting: ${verb} clause cannot be used on the given value`);
}

/** cel-go's string.format. @throws CelError */
export function formatText(format: string, args: readonly CelValue[]): string {
  let next = 0;
  return format.replace(/%(?:(%)|(?:\.(\d+))?(.)?)/gs, (_, percent?: string, precision?: string, verb?: string) => {
    if (percent) return '%';
    if (verb === undefined) throw new CelError('unexpected end of string');
    if (next >= args.length) throw new CelError(`index ${next} out of range`);
    return clause(verb, precision, args[next++]!);
  });
}
