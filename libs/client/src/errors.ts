import { type Status, StatusError, type StatusReason } from '@windlass/meta';

export { type Status, StatusError };

/** The request got no answer: connection refused or reset, TLS failure, time-out. `code` is Node's error code (`ECONNREFUSED`, `ETIMEDOUT`…). */
export class NetworkError extends Error {
  override name = 'NetworkError';
  readonly code: string;
  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const has = (error: unknown, code: number, reason?: string): boolean =>
  error instanceof StatusError && error.status.code === code && (reason === undefined || error.status.reason === reason);

export const isNotFound = (error: unknown): boolean => has(error, 404);
export const isAlreadyExists = (error: unknown): boolean => has(error, 409, 'AlreadyExists');
/** The write was based on an old resourceVersion, or a precondition did not hold. */
export const isConflict = (error: unknown): boolean => has(error, 409, 'Conflict');
export const isForbidden = (error: unknown): boolean => has(error, 403);
export const isInvalid = (error: unknown): boolean => has(error, 422);
/** The revision was compacted or a continue token ran out: list anew. */
export const isGone = (error: unknown): boolean => has(error, 410);
/** The namespace is being deleted, so nothing new may be created in it. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof StatusError && !!error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating');

/** A Status object for an answer that carries none (a proxy's page, an empty body), as client-go's NewGenericServerResponse. */
export function statusOfResponse(code: number, body: string): Status {
  try {
    const parsed = JSON.parse(body) as Status & { kind?: string };
    if (parsed?.kind === 'Status') return { ...parsed, code: parsed.code || code };
  } catch {
    // Not JSON: the text is the message.
  }
  const reasons: Record<number, StatusReason> = {
    400: 'BadRequest',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    405: 'MethodNotAllowed',
    409: 'Conflict',
    410: 'Gone',
    422: 'Invalid',
    429: 'TooManyRequests',
    500: 'InternalError',
    503: 'ServiceUnavailable',
    504: 'Timeout',
  };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: body.slice(0, 2048) || `the server answered ${code}`,
    reason: reasons[code] ?? 'Unknown',
    code,
  };
}
