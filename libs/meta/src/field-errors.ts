import type { FieldError, FieldErrorType } from './field-error.ts';
import { goJson, goQuote } from './go-format.ts';
import type { PathLike } from './path.ts';

const TITLES: Record<FieldErrorType, string> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  InternalError: 'Internal error',
  FieldValueTypeInvalid: 'Invalid value',
};

const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
]);

const make = (type: FieldErrorType, field: PathLike, badValue: unknown, detail: string): FieldError => ({
  type,
  field: String(field),
  badValue,
  detail,
});

/** A bad value that the text leaves out: the fault lies in how values stand to each other (field.OmitValueType). */
const OMITTED = Symbol('omitted');

const items = (count: number): string => `${count} ${count === 1 ? 'item' : 'items'}`;

/** Constructors named as those of k8s.io/apimachinery/pkg/util/validation/field. */
export const fieldError = {
  required: (field: PathLike, detail = ''): FieldError => make('FieldValueRequired', field, '', detail),
  invalid: (field: PathLike, value: unknown, detail: string): FieldError => make('FieldValueInvalid', field, value, detail),
  /** As `invalid`, for a fault that no single value shows. */
  inconsistent: (field: PathLike, detail: string): FieldError => make('FieldValueInvalid', field, OMITTED, detail),
  typeInvalid: (field: PathLike, value: unknown, detail: string): FieldError =>
    make('FieldValueTypeInvalid', field, value, detail),
  /** `supported` is listed in the order given; most callers of Kubernetes sort it. */
  notSupported: (field: PathLike, value: unknown, supported: readonly string[]): FieldError =>
    make(
      'FieldValueNotSupported',
      field,
      value,
      supported.length > 0 ? `supported values: ${supported.map(goQuote).join(', ')}` : '',
    ),
  forbidden: (field: PathLike, detail: string): FieldError => make('FieldValueForbidden', field, '', detail),
  /** `limit` in bytes; below 0 it is not named. */
  tooLong: (field: PathLike, value: unknown, limit: number): FieldError =>
    make('FieldValueTooLong', field, value, limit >= 0 ? `may not be more than ${limit} bytes` : 'value is too long'),
  tooMany: (field: PathLike, actual: number, limit: number): FieldError =>
    make('FieldValueTooMany', field, actual, limit >= 0 ? `must have at most ${items(limit)}` : 'has too many items'),
  duplicate: (field: PathLike, value: unknown): FieldError => make('FieldValueDuplicate', field, value, ''),
  notFound: (field: PathLike, value: unknown): FieldError => make('FieldValueNotFound', field, value, ''),
  internal: (field: PathLike, error: Error | string): FieldError =>
    make('InternalError', field, undefined, typeof error === 'string' ? error : error.message),
};

/** The value as field.Error prints it: strings quoted, scalars plain, the rest JSON; `undefined` is Go's untyped nil. */
function badValueText(value: unknown): string {
  if (value === undefined) return '"null"';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return goJson(value);
}

/** `Invalid value: "x": must be …` — field.Error.ErrorBody, which is also the message of a Status cause. */
export function fieldErrorText(error: FieldError): string {
  let text = TITLES[error.type];
  if (!WITHOUT_VALUE.has(error.type) && error.badValue !== OMITTED) text += `: ${badValueText(error.badValue)}`;
  return error.detail ? `${text}: ${error.detail}` : text;
}

/** `spec.foo: Required value` */
export const fieldErrorMessage = (error: FieldError): string => `${error.field}: ${fieldErrorText(error)}`;

/** utilerrors.Aggregate: one text alone, several (each once) in brackets. */
export function aggregateMessages(messages: readonly string[]): string {
  const unique = [...new Set(messages)];
  return unique.length === 1 ? (unique[0] as string) : `[${unique.join(', ')}]`;
}
