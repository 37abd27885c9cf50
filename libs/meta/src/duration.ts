const UNIT_NS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

export class DurationError extends Error {
  override name = 'DurationError';
}

/** Go's time.ParseDuration (`1h30m`, `300ms`, `-1.5s`), in milliseconds. @throws DurationError with Go's text */
export function parseDuration(text: string): number {
  const fail = (what: string): never => {
    throw new DurationError(`time: ${what} ${JSON.stringify(text)}`);
  };
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[-+]/, '');
  if (rest === '0') return 0;
  if (rest === '') fail('invalid duration');
  let ns = 0;
  while (rest !== '') {
    const found = /^(\d*\.?\d*)([^\d.]*)/.exec(rest);
    const [whole = '', number = '', unit = ''] = found ?? [];
    if (number === '' || number === '.') fail('invalid duration');
    if (unit === '') fail('missing unit in duration');
    const scale = UNIT_NS[unit];
    if (scale === undefined)
      throw new DurationError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    ns += Number(number) * scale;
    rest = rest.slice(whole.length);
  }
  return (sign * ns) / 1e6;
}

const trim = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));

/** Go's Duration.String (`1h30m0s`, `1.5s`, `300ms`) of milliseconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const sign = milliseconds < 0 ? '-' : '';
  const ms = Math.abs(milliseconds);
  if (ms < 0.001) return `${sign}${trim(ms * 1e6, 0)}ns`;
  if (ms < 1) return `${sign}${trim(ms * 1e3, 3)}µs`;
  if (ms < 1000) return `${sign}${trim(ms, 6)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = trim((ms % 60_000) / 1000, 9);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;

/** duration.HumanDuration of k8s.io/apimachinery: the AGE column. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return pair(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  return hours < 24 * 365 * 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`;
}

/** Age of an RFC 3339 time as printed in tables; `<unknown>` when unset. */
export const ageOf = (timestamp: string | null | undefined, now: Date): string =>
  timestamp ? humanDuration(now.getTime() - Date.parse(timestamp)) : '<unknown>';
