import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { Duration, registerFormat, Timestamp } from '../values.ts';

const NS = 1_000_000_000n;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;
const UNITS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: NS,
  m: 60n * NS,
  h: 3_600n * NS,
};

/** RFC 3339, or a plain date. @throws CelError */
export function parseTimestampText(text: string): Timestamp {
  const found = RFC3339.exec(text);
  const ms = found ? Date.parse(text.replace(/\.\d+/, '').toUpperCase()) : Number.NaN;
  if (!found || Number.isNaN(ms)) throw new CelError("type conversion error from 'string' to 'google.protobuf.Timestamp'");
  const fraction = (found[7] ?? '').padEnd(9, '0').slice(0, 9);
  return new Timestamp(BigInt(ms) * 1_000_000n + BigInt(fraction));
}

/** Go's time.ParseDuration. @throws CelError */
export function parseDurationText(text: string): Duration {
  const fail = () => new CelError("type conversion error from 'string' to 'google.protobuf.Duration'");
  const found = /^([+-])?((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+|0)$/.exec(text);
  if (!found) throw fail();
  let ns = 0n;
  for (const [, number = '0', unit = 's'] of found[2]!.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    const [whole = '', fraction = ''] = number.split('.');
    const scale = UNITS[unit]!;
    ns += BigInt(whole || '0') * scale;
    if (fraction) ns += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return new Duration(found[1] === '-' ? -ns : ns);
}

/** RFC 3339 in UTC with as many decimals as are needed. */
export function timestampText({ ns }: Timestamp): string {
  const fraction = ((ns % NS) + NS) % NS;
  const seconds = new Date(Number((ns - fraction) / 1_000_000n)).toISOString().slice(0, 19);
  const digits = String(fraction).padStart(9, '0').replace(/0+$/, '');
  return `${seconds}${digits ? `.${digits}` : ''}Z`;
}

/** Seconds with a trailing `s`, as protobuf writes durations. */
export function durationText({ ns }: Duration): string {
  const size = ns < 0n ? -ns : ns;
  const digits = String(size % NS)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${ns < 0n ? '-' : ''}${size / NS}${digits ? `.${digits}` : ''}s`;
}

type Part = (date: Date) => number;

const dayOfYear: Part = (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
const PARTS: Record<string, Part> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: dayOfYear,
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

/** The time as a date whose UTC fields are those of the zone: an IANA name or `+hh:mm`. @throws CelError */
function inZone({ ns }: Timestamp, zone: string): Date {
  const date = new Date(Number(ns / 1_000_000n));
  const offset = /^([+-])?(\d{2}):(\d{2})$/.exec(zone);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(date.getTime() + (offset[1] === '-' ? -minutes : minutes) * 60_000);
  }
  try {
    const local = date.toLocaleString('sv-SE', { timeZone: zone });
    return new Date(Date.parse(`${local.replace(' ', 'T')}Z`) + date.getUTCMilliseconds());
  } catch {
    throw new CelError(`unknown time zone ${zone}`);
  }
}

export const times = new Library();
for (const [name, part] of Object.entries(PARTS))
  times
    .def(name, 'timestamp.(): int', (time: Timestamp) => BigInt(part(inZone(time, 'UTC'))))
    .def(name, 'timestamp.(string): int', (time: Timestamp, zone: string) => BigInt(part(inZone(time, zone))));
times
  .def('getHours', 'duration.(): int', ({ ns }: Duration) => ns / UNITS.h!)
  .def('getMinutes', 'duration.(): int', ({ ns }: Duration) => ns / UNITS.m!)
  .def('getSeconds', 'duration.(): int', ({ ns }: Duration) => ns / NS)
  .def('getMilliseconds', 'duration.(): int', ({ ns }: Duration) => (ns / 1_000_000n) % 1_000n);

const DATE = /^\d{4}-\d{2}-\d{2}$/;
registerFormat('timestamp', (text) => parseTimestampText(DATE.test(text) ? `${text}T00:00:00Z` : text));
registerFormat('duration', parseDurationText);
registerFormat('bytes', (text) => new Uint8Array(Buffer.from(text, 'base64')));
