import { type FieldError, fieldError, type Path, regexError } from '@windlass/meta';
import type { Condition } from '../types.gen.ts';
import { requiredOneOf } from './enums.ts';
import { qualifiedName } from './names.ts';

const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON_PATTERN = new RegExp(`^${REASON}$`);
const REASON_ERROR = regexError(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  REASON,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);
const MAX_REASON = 1024;
const MAX_MESSAGE = 32_768;

function validateReason(reason: string, at: Path): FieldError[] {
  if (reason === '') return [fieldError.required(at, 'must be set')];
  return [
    ...(REASON_PATTERN.test(reason) ? [] : [fieldError.invalid(at, reason, REASON_ERROR)]),
    ...(reason.length > MAX_REASON ? [fieldError.tooLong(at, reason, MAX_REASON)] : []),
  ];
}

function validateCondition(condition: Condition, at: Path): FieldError[] {
  const { type, status, observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition;
  return [
    ...qualifiedName(type, at.child('type')),
    ...requiredOneOf(status, ['False', 'True', 'Unknown'], at.child('status')),
    ...(observedGeneration < 0
      ? [fieldError.invalid(at.child('observedGeneration'), observedGeneration, 'must be greater than or equal to zero')]
      : []),
    ...(lastTransitionTime ? [] : [fieldError.required(at.child('lastTransitionTime'), 'must be set')]),
    ...validateReason(reason, at.child('reason')),
    ...(message.length > MAX_MESSAGE ? [fieldError.tooLong(at.child('message'), message, MAX_MESSAGE)] : []),
  ];
}

/** ValidateConditions of meta/v1: each is whole, no type stands twice. */
export const validateConditions = (conditions: readonly Condition[] | undefined, at: Path): FieldError[] =>
  (conditions ?? []).flatMap((condition, i) => [
    ...(conditions!.findIndex(({ type }) => type === condition.type) < i
      ? [fieldError.duplicate(at.index(i).child('type'), condition.type)]
      : []),
    ...validateCondition(condition, at.index(i)),
  ]);
