import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { nonNegative } from '../fields/numbers.ts';
import { goStruct } from '../internal/go-struct.ts';
import type { JobSpec, SuccessPolicyRule } from '../types.gen.ts';
import { countIndexes, indexesFault } from './indexes.ts';

const MAX_RULES = 20;
const MAX_INDEXES_BYTES = 64 * 1024;

function validateIndexes(text: string, completions: number, at: Path): FieldError[] {
  const fault = indexesFault(text, completions);
  return [
    ...(text.length > MAX_INDEXES_BYTES ? [fieldError.tooLong(at, text, MAX_INDEXES_BYTES)] : []),
    ...(fault ? [fieldError.invalid(at, text, `error parsing succeededIndexes: ${fault}`)] : []),
  ];
}

function validateRule({ succeededCount, succeededIndexes }: SuccessPolicyRule, completions: number, at: Path): FieldError[] {
  if (succeededCount === undefined && succeededIndexes === undefined)
    return [fieldError.required(at, 'at least one of succeededCount or succeededIndexes must be specified')];
  const indexes =
    succeededIndexes === undefined ? [] : validateIndexes(succeededIndexes, completions, at.child('succeededIndexes'));
  if (succeededCount === undefined) return indexes;
  const here = at.child('succeededCount');
  const atMost = (limit: number, what: string): FieldError[] =>
    succeededCount > limit
      ? [fieldError.invalid(here, succeededCount, `must be less than or equal to ${limit} (the number of ${what})`)]
      : [];
  const unreadable = succeededIndexes !== undefined && indexesFault(succeededIndexes, completions) !== undefined;
  return [
    ...indexes,
    ...nonNegative(succeededCount, here),
    ...atMost(completions, 'specified completions'),
    ...(succeededIndexes === undefined
      ? []
      : atMost(unreadable ? 0 : countIndexes(succeededIndexes, completions), 'indexes in the specified succeededIndexes field')),
  ];
}

/** When an Indexed job has succeeded (KEP-3998). `at` is the policy's. */
export function validateSuccessPolicy(spec: JobSpec, at: Path): FieldError[] {
  const { successPolicy, completionMode, completions = 0 } = spec;
  if (!successPolicy) return [];
  if (completionMode !== 'Indexed')
    return [fieldError.invalid(at, goStruct('SuccessPolicy', successPolicy), 'requires indexed completion mode')];
  const rules = successPolicy.rules ?? [];
  const here = at.child('rules');
  return [
    ...(rules.length === 0
      ? [fieldError.required(here, 'at least one rules must be specified when the successPolicy is specified')]
      : []),
    ...(rules.length > MAX_RULES ? [fieldError.tooMany(here, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, i) => validateRule(rule, completions, here.index(i))),
  ];
}
