import { badRequest } from '@windlass/meta';

/** Where a chunked list goes on. Key is relative to the list's prefix. */
export interface ContinueToken {
  rv: number;
  start: string;
}

export const encodeContinue = ({ rv, start }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: `${start}\0` })).toString('base64url');

/** @throws StatusError 400; also for keys that would leave the list's prefix */
export function decodeContinue(token: string): ContinueToken {
  const fail = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const illegal = token.search(/[^A-Za-z0-9_-]/);
  if (illegal >= 0 || token.length % 4 === 1) throw fail(`illegal base64 data at input byte ${Math.max(0, illegal)}`);
  let parsed: { v?: string; rv?: number; start?: string };
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as typeof parsed;
  } catch {
    throw fail('invalid character');
  }
  if (parsed?.v !== 'meta.k8s.io/v1') throw fail('server does not recognize this encoded version');
  if (typeof parsed.rv !== 'number' || !Number.isSafeInteger(parsed.rv) || parsed.rv === 0 || parsed.rv < -1)
    throw fail('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof parsed.start !== 'string' || parsed.start === '') throw fail('encoded start key empty (version meta.k8s.io/v1)');
  const start = parsed.start.replace(/\0$/, '');
  if (start.startsWith('/') || start.split('/').includes('..')) throw fail(`${start}`);
  return { rv: parsed.rv, start };
}
