import type { FieldError } from './field-error.ts';
import { aggregateMessages, fieldErrorMessage, fieldErrorText } from './field-errors.ts';
import { goQuote } from './go-format.ts';
import type { GroupResource } from './object.ts';
import { failure, type StatusCause, type StatusDetails, type StatusError } from './status.ts';

/** schema.GroupResource.String: `deployments.apps`, `pods`. */
export const groupResourceText = ({ group, resource }: GroupResource): string => (group ? `${resource}.${group}` : resource);

/** schema.GroupKind.String: `Deployment.apps`, `Pod`. */
export const groupKindText = (group: string, kind: string): string => (group ? `${kind}.${group}` : kind);

const detailsOf = ({ group, resource }: GroupResource, name: string, extra?: Partial<StatusDetails>): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(group ? { group } : {}),
  kind: resource,
  ...extra,
});

export const badRequest = (message: string): StatusError => failure(400, 'BadRequest', message);

export const unauthorized = (message = 'Unauthorized'): StatusError => failure(401, 'Unauthorized', message);

export const notFound = (resource: GroupResource, name: string): StatusError =>
  failure(404, 'NotFound', `${groupResourceText(resource)} ${goQuote(name)} not found`, detailsOf(resource, name));

/** The path names no resource that is served. */
export const unknownResource = (): StatusError =>
  failure(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (resource: GroupResource, name: string): StatusError =>
  failure(409, 'AlreadyExists', `${groupResourceText(resource)} ${goQuote(name)} already exists`, detailsOf(resource, name));

export const OPTIMISTIC_LOCK_MESSAGE =
  'the object has been modified; please apply your changes to the latest version and try again';

/** The write lost a race, or a precondition failed: `message` says which. */
export const conflict = (resource: GroupResource, name: string, message: string = OPTIMISTIC_LOCK_MESSAGE): StatusError =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${groupResourceText(resource)} ${goQuote(name)}: ${message}`,
    detailsOf(resource, name),
  );

/** Server-side apply met fields of other managers; one cause per field. */
export const applyConflict = (message: string, causes: StatusCause[]): StatusError =>
  failure(409, 'Conflict', message, { causes });

/** `pods "x" is forbidden: REASON`; without a name `pods is forbidden: REASON`. */
export function forbidden(resource: GroupResource, name: string, message: string): StatusError {
  const what = name ? `${groupResourceText(resource)} ${goQuote(name)}` : groupResourceText(resource);
  return failure(403, 'Forbidden', `${what} is forbidden: ${message}`, detailsOf(resource, name));
}

export interface AccessAttempt {
  user: string;
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  /** '' for cluster scope. */
  namespace?: string;
  name?: string;
  /** Set for requests of no resource: `User "x" cannot get path "/metrics"`. */
  path?: string;
  /** The authorizer's own words, appended after `: `. */
  reason?: string;
}

/** The answer to a request that authorization denied. */
export function accessDenied(attempt: AccessAttempt): StatusError {
  const { user, verb, group, resource, subresource, namespace, name = '' } = attempt;
  const reason = attempt.reason ? `: ${attempt.reason}` : '';
  if (attempt.path !== undefined) {
    return failure(
      403,
      'Forbidden',
      `forbidden: User ${goQuote(user)} cannot ${verb} path ${goQuote(attempt.path)}${reason}`,
      {},
    );
  }
  const full = subresource ? `${resource}/${subresource}` : resource;
  const scope = namespace ? `in the namespace ${goQuote(namespace)}` : 'at the cluster scope';
  const text = `User ${goQuote(user)} cannot ${verb} resource ${goQuote(full)} in API group ${goQuote(group)} ${scope}${reason}`;
  return forbidden({ group, resource }, name, text);
}

/** 422 with one cause per error; equal texts appear once in the message. */
export function invalid(group: string, kind: string, name: string, errors: readonly FieldError[]): StatusError {
  const causes: StatusCause[] = errors.map((error) => ({
    reason: error.type,
    message: fieldErrorText(error),
    field: error.field,
  }));
  const head = `${groupKindText(group, kind)} ${goQuote(name)} is invalid`;
  const message = errors.length > 0 ? `${head}: ${aggregateMessages(errors.map(fieldErrorMessage))}` : head;
  return failure(422, 'Invalid', message, {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    ...(causes.length > 0 ? { causes } : {}),
  });
}

/** 422 without field causes, as for a JSON patch that does not apply. */
export const unprocessable = (): StatusError =>
  failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/** The revision or continue token is too old: list anew. */
export const expired = (message: string): StatusError => failure(410, 'Expired', message);

export const gone = (message: string): StatusError => failure(410, 'Gone', message);

export const tooManyRequests = (message: string, retryAfterSeconds?: number, causes?: StatusCause[]): StatusError =>
  failure(429, 'TooManyRequests', message, {
    ...(causes ? { causes } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  });

export const methodNotAllowed = (message = 'the server does not allow this method on the requested resource'): StatusError =>
  failure(405, 'MethodNotAllowed', message, {});

/** The resource is served but without this verb. */
export const methodNotSupported = (resource: GroupResource, action: string): StatusError =>
  failure(405, 'MethodNotAllowed', `${action} is not supported on resources of kind ${goQuote(groupResourceText(resource))}`, {
    ...(resource.group ? { group: resource.group } : {}),
    kind: resource.resource,
  });

export const unsupportedMediaType = (message: string): StatusError => failure(415, 'UnsupportedMediaType', message);

export const notAcceptable = (message: string): StatusError => failure(406, 'NotAcceptable', message);

export const requestEntityTooLarge = (message = 'Request entity too large: limit is 3145728'): StatusError =>
  failure(413, 'RequestEntityTooLarge', message);

/** A fault of the server itself; `Internal error occurred: ` is put before the text. */
export const internalError = (error: Error | string): StatusError => {
  const message = typeof error === 'string' ? error : error.message;
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
};

/** A 500 without a reason: what kube-apiserver makes of a Go error that is no Status. */
export const plainError = (message: string): StatusError => failure(500, undefined, message);

export const serverTimeout = (resource: GroupResource, operation: string, retryAfterSeconds = 0): StatusError =>
  failure(
    500,
    'ServerTimeout',
    `The ${operation} operation against ${groupResourceText(resource)} could not be completed at this time, please try again.`,
    {
      ...(resource.group ? { group: resource.group } : {}),
      kind: resource.resource,
      ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
    },
  );

export const timeout = (message: string, retryAfterSeconds = 0, causes?: StatusCause[]): StatusError =>
  failure(504, 'Timeout', `Timeout: ${message}`, {
    ...(causes ? { causes } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  });

/** A read asked for a revision that is not reached yet. */
export const tooLargeResourceVersion = (requested: string | number, current: string | number): StatusError =>
  timeout(`Too large resource version: ${requested}, current: ${current}`, 1, [
    { reason: 'ResourceVersionTooLarge', message: 'Too large resource version' },
  ]);

export const serviceUnavailable = (message: string): StatusError => failure(503, 'ServiceUnavailable', message);
