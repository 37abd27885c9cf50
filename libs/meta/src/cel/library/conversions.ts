import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { type CelMap, type CelValue, Duration, Timestamp, TypeValue, typeOfValue, type Uint } from '../values.ts';
import { checkInt, checkUint } from './operators.ts';
import { durationText, parseDurationText, parseTimestampText, timestampText } from './times.ts';

const fromFloat = (value: number, check: (value: bigint) => CelValue): CelValue => {
  if (!Number.isFinite(value)) throw new CelError('integer overflow');
  return check(BigInt(Math.trunc(value)));
};

function integerText(text: string, pattern: RegExp, type: string): bigint {
  if (!pattern.test(text)) throw new CelError(`type conversion error from 'string' to '${type}'`);
  return BigInt(text.replace(/^\+/, ''));
}

/** As Go's strconv.FormatFloat(v, 'g', -1, 64) does. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

function boolText(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new CelError("type conversion error from 'string' to 'bool'");
}

function floatText(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  const special: Record<string, number> = { NaN: Number.NaN, '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity };
  if (special[text] !== undefined) return special[text];
  throw new CelError("type conversion error from 'string' to 'double'");
}

const codePoints = (text: string): bigint => {
  let count = 0n;
  for (const _ of text) count++;
  return count;
};

// biome-ignore lint/suspicious/noExplicitAny: each size takes the type that stands beside it
const sizes: [string, (value: any) => bigint][] = [
  ['string', (text: string) => codePoints(text)],
  ['bytes', (bytes: Uint8Array) => BigInt(bytes.length)],
  ['list(A)', (list: CelValue[]) => BigInt(list.length)],
  ['map(A, B)', (map: CelMap) => BigInt(map.size)],
];

export const conversions = new Library();
for (const [type, size] of sizes) conversions.def('size', `(${type}): int`, size).def('size', `${type}.(): int`, size);
conversions
  .def('dyn', '(A): dyn', (value: CelValue) => value)
  .def('type', '(A): type(A)', (value: CelValue) => new TypeValue(typeOfValue(value)))
  .def('int', '(int): int', (value: bigint) => value)
  .def('int', '(uint): int', (value: Uint) => checkInt(value.value))
  .def('int', '(double): int', (value: number) => fromFloat(value, checkInt))
  .def('int', '(string): int', (text: string) => checkInt(integerText(text, /^[+-]?\d+$/, 'int')))
  .def('int', '(timestamp): int', (time: Timestamp) => time.ns / 1_000_000_000n)
  .def('int', '(duration): int', (duration: Duration) => duration.ns)
  .def('uint', '(uint): uint', (value: Uint) => value)
  .def('uint', '(int): uint', (value: bigint) => checkUint(value))
  .def('uint', '(double): uint', (value: number) => fromFloat(value, checkUint))
  .def('uint', '(string): uint', (text: string) => checkUint(integerText(text, /^\d+$/, 'uint')))
  .def('double', '(double): double', (value: number) => value)
  .def('double', '(int): double', (value: bigint) => Number(value))
  .def('double', '(uint): double', (value: Uint) => Number(value.value))
  .def('double', '(string): double', floatText)
  .def('string', '(string): string', (text: string) => text)
  .def('string', '(bool): string', String)
  .def('string', '(int): string', String)
  .def('string', '(uint): string', (value: Uint) => String(value.value))
  .def('string', '(double): string', doubleText)
  .def('string', '(bytes): string', utf8)
  .def('string', '(timestamp): string', timestampText)
  .def('string', '(duration): string', durationText)
  .def('bytes', '(bytes): bytes', (bytes: Uint8Array) => bytes)
  .def('bytes', '(string): bytes', (text: string) => new Uint8Array(Buffer.from(text)))
  .def('bool', '(bool): bool', (value: boolean) => value)
  .def('bool', '(string): bool', boolText)
  .def('timestamp', '(timestamp): timestamp', (time: Timestamp) => time)
  .def('timestamp', '(string): timestamp', parseTimestampText)
  .def('timestamp', '(int): timestamp', (seconds: bigint) => new Timestamp(seconds * 1_000_000_000n))
  .def('duration', '(duration): duration', (duration: Duration) => duration)
  .def('duration', '(string): duration', parseDurationText)
  .def('duration', '(int): duration', (ns: bigint) => new Duration(ns));
