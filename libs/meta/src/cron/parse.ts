import { parseDuration } from '../duration.ts';
import { isTimeZone } from './wall-clock.ts';

/** A schedule that robfig/cron's ParseStandard would refuse, with its text. */
export class CronError extends Error {
  override name = 'CronError';
}

/** Allowed values per field. */
export interface CronFields {
  minutes: Field;
  hours: Field;
  days: Field;
  months: Field;
  weekdays: Field;
}
/** Fields or a fixed period; the zone that the text itself named (`TZ=`, `CRON_TZ=`) goes before any other. */
export type CronSchedule = ({ everyMs: number } | CronFields) & { zone?: string };
export interface Field {
  values: ReadonlySet<number>;
  /** Written as `*` or `?`: days of month and week are then combined by "and", else by "or". */
  star: boolean;
}

interface Bounds {
  min: number;
  max: number;
  names?: readonly string[];
}
const MONTHS = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const BOUNDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: WEEKDAYS },
];
const DESCRIPTORS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Standard cron: five fields, names, ranges, lists, steps, and descriptors, after a zone or without one. @throws CronError */
export function parseCron(text: string): CronSchedule {
  if (text === '') throw new CronError('empty spec string');
  const [, zone, rest = ''] = /^(?:CRON_)?TZ=(\S*)(.*)$/s.exec(text) ?? [];
  if (zone === undefined) return parseSchedule(text);
  if (!isTimeZone(zone)) throw new CronError(`provided bad location ${zone}: unknown time zone ${zone}`);
  return { ...parseSchedule(rest.trim()), zone };
}

function parseSchedule(text: string): CronSchedule {
  if (text.startsWith('@every ')) return { everyMs: every(text.slice('@every '.length), text) };
  if (text.startsWith('@') && !DESCRIPTORS[text]) throw new CronError(`unrecognized descriptor: ${text}`);
  const fields = (DESCRIPTORS[text] ?? text).trim().split(/\s+/);
  if (fields.length !== 5) throw new CronError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  const [minutes, hours, days, months, weekdays] = fields.map((field, i) => parseField(field, BOUNDS[i] as Bounds)) as [
    Field,
    Field,
    Field,
    Field,
    Field,
  ];
  return { minutes, hours, days, months, weekdays };
}

/** Periods are whole seconds, at least one. */
function every(duration: string, text: string): number {
  try {
    return Math.max(1000, Math.floor(parseDuration(duration) / 1000) * 1000);
  } catch (error) {
    throw new CronError(`failed to parse duration ${text}: ${(error as Error).message}`);
  }
}

function parseField(text: string, bounds: Bounds): Field {
  const values = new Set<number>();
  let star = false;
  for (const part of text.split(',').filter(Boolean)) {
    const { from, to, step, all } = parseRange(part, bounds);
    star ||= all;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return { values, star };
}

function parseRange(text: string, { min, max, names }: Bounds): { from: number; to: number; step: number; all: boolean } {
  const [range = '', stepText, ...tooMany] = text.split('/');
  const [low = '', high, ...more] = range.split('-');
  if (more.length > 0) throw new CronError(`too many hyphens: ${text}`);
  if (tooMany.length > 0) throw new CronError(`too many slashes: ${text}`);
  const all = low === '*' || low === '?';
  const from = all ? min : parseValue(low, names);
  let to = all ? max : high === undefined ? from : parseValue(high, names);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  // `5/15` is `5-max/15`.
  if (stepText !== undefined && !all && high === undefined) to = max;
  if (from < min) throw new CronError(`beginning of range (${from}) below minimum (${min}): ${text}`);
  if (to > max) throw new CronError(`end of range (${to}) above maximum (${max}): ${text}`);
  if (from > to) throw new CronError(`beginning of range (${from}) beyond end of range (${to}): ${text}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`);
  // With a step `*` no longer means every value.
  return { from, to, step, all: all && step === 1 };
}

function parseValue(text: string, names: readonly string[] | undefined): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  return named >= 0 && text !== '' ? named : parseNumber(text);
}

function parseNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text))
    throw new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const number = Number(text);
  if (number < 0) throw new CronError(`negative number (${number}) not allowed: ${text}`);
  return number;
}
