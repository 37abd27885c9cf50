/** metav1.Time: RFC 3339, UTC, whole seconds. */
export const formatTime = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** metav1.MicroTime: RFC 3339, UTC, six decimals (a Date carries three of them). */
export const formatMicroTime = (date: Date): string => `${date.toISOString().slice(0, 23)}000Z`;

export class TimeError extends Error {
  override name = 'TimeError';
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/;
export const TIME_LAYOUT = '2006-01-02T15:04:05Z07:00';
export const MICRO_TIME_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** Where Go's parser stops and what it expected there, piece by piece of the layout. */
function parseFailure(text: string, layout: string): string {
  const pieces: [RegExp, string][] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d{2}/, '01'],
    [/^-/, '-'],
    [/^\d{2}/, '02'],
    [/^T/, 'T'],
    [/^\d{2}/, '15'],
    [/^:/, ':'],
    [/^\d{2}/, '04'],
    [/^:/, ':'],
    [/^\d{2}/, '05'],
  ];
  if (layout === MICRO_TIME_LAYOUT) pieces.push([/^\.\d{6}/, '.000000']);
  let rest = text;
  for (const [pattern, name] of pieces) {
    const found = pattern.exec(rest);
    if (!found)
      return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(name)}`;
    rest = rest.slice(found[0].length);
  }
  if (layout !== MICRO_TIME_LAYOUT) rest = rest.replace(/^[.,]\d+/, '');
  if (!/^(Z|[+-]\d{2}:\d{2})/.test(rest)) {
    return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as "Z07:00"`;
  }
  const extra = rest.replace(/^(Z|[+-]\d{2}:\d{2})/, '');
  if (extra) return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(extra)}`;
  return `parsing time ${JSON.stringify(text)}: day out of range`;
}

/** Milliseconds since the epoch of an RFC 3339 text. @throws TimeError with Go's text */
export function parseTime(text: string, layout = TIME_LAYOUT): number {
  const found = RFC3339.exec(text);
  const micro = layout === MICRO_TIME_LAYOUT;
  if (!found || (micro && found[7]?.length !== 6)) throw new TimeError(parseFailure(text, layout));
  const ms = Date.parse(text);
  const days = new Date(Date.UTC(Number(found[1]), Number(found[2]), 0)).getUTCDate();
  if (Number.isNaN(ms) || Number(found[3]) > days) throw new TimeError(parseFailure(text, layout));
  return ms;
}

/** What Kubernetes stores for a metav1.Time given by a client: UTC, fractions cut. @throws TimeError */
export function canonicalTime(text: string): string {
  if (text.length === 20 && text.endsWith('Z')) {
    parseTime(text);
    return text;
  }
  return formatTime(new Date(parseTime(text)));
}

/** The same for metav1.MicroTime; keeps all six digits. @throws TimeError */
export function canonicalMicroTime(text: string): string {
  const ms = parseTime(text, MICRO_TIME_LAYOUT);
  return `${new Date(ms).toISOString().slice(0, 19)}.${text.slice(20, 26)}Z`;
}
