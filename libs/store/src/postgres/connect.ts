import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { StoreUnavailableError } from '../errors.ts';

const INT8 = 20;

/** Revisions and counts are int8; they stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

export const clientConfig = (url: string, name: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: name,
  keepAlive: true,
  connectionTimeoutMillis: 10_000,
  types,
});

const NETWORK_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** The statement did not fail, the way to the server did: worth another connection. Codes: PostgreSQL manual, appendix A. */
export function isConnectionError(error: unknown): boolean {
  const { code, severity, message } = error as { code?: string; severity?: string; message?: string };
  if (code && NETWORK_ERRORS.has(code)) return true;
  // 57P0x: shutdown, crash, starting up; 53300: too many connections; class 08: connection exceptions.
  if (code && (/^57P0[1-5]$/.test(code) || code === '53300' || code.startsWith('08'))) return true;
  if (severity === 'FATAL' || severity === 'PANIC') return code !== '28P01' && code !== '3D000' && code !== '28000';
  return (
    !code && /connection (terminated|ended)|timeout expired|timeout exceeded|not queryable|client was closed/i.test(message ?? '')
  );
}

export const RETRY_MS = { first: 20, most: 500 };

/**
 * Repeats `action` while the server cannot be reached, until `patienceMs` have passed. Only for what may be done twice.
 * @throws StoreUnavailableError when the time is over
 */
export async function retrying<T>(action: () => Promise<T>, patienceMs: number, signal?: AbortSignal): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.most)) {
    try {
      return await action();
    } catch (error) {
      if (!isConnectionError(error)) throw error;
      if (signal?.aborted || Date.now() + wait > deadline) throw new StoreUnavailableError(error);
      await delay(wait, undefined, { signal }).catch(() => {});
    }
  }
}
