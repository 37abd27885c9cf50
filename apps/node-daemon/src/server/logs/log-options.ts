import { HttpError } from '../http.ts';

/** v1.PodLogOptions as the kubelet reads them from the query. */
export interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  /** Lines before this RFC 3339 time are left out. */
  since?: Date;
  tailLines?: number;
  limitBytes?: number;
  stream?: 'stdout' | 'stderr';
}

const isTrue = (value: string | null): boolean => value !== null && value !== 'false' && value !== '0';

/** @throws HttpError 400 for what is no number or time, 422 for values out of range */
export function parseLogOptions(query: URLSearchParams, now: Date): LogOptions {
  const integer = (name: string, least: number): number | undefined => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    if (!/^[-+]?\d+$/.test(text)) throw new HttpError(400, `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    if (Number(text) < least) throw new HttpError(422, `Invalid request. ${name} must be at least ${least}`);
    return Number(text);
  };
  const seconds = integer('sinceSeconds', 1);
  const sinceTime = query.get('sinceTime');
  const time = sinceTime ? new Date(sinceTime) : undefined;
  if (time && Number.isNaN(time.getTime())) throw new HttpError(400, `parsing time ${JSON.stringify(sinceTime)}: cannot parse`);
  const stream = query.get('stream');
  return {
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    since: seconds === undefined ? time : new Date(now.getTime() - seconds * 1000),
    tailLines: integer('tailLines', 0),
    limitBytes: integer('limitBytes', 1),
    stream: stream === 'Stdout' ? 'stdout' : stream === 'Stderr' ? 'stderr' : undefined,
  };
}
