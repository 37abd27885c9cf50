import { type CelEnvironment, celTypes, type FieldError, fieldError, type Path } from '@windlass/meta';
import { checkExpression } from '../cel/check-expression.ts';
import { qualifiedName } from '../fields/names.ts';
import type { MatchCondition } from '../types.gen.ts';

const MAX_CONDITIONS = 64;

/** Conditions of webhooks and policies: named CEL expressions of type bool. */
export function validateMatchConditions(
  conditions: readonly MatchCondition[] | undefined,
  environment: CelEnvironment,
  at: Path,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  if ((conditions?.length ?? 0) > MAX_CONDITIONS) errors.push(fieldError.tooMany(at, conditions!.length, MAX_CONDITIONS));
  conditions?.forEach(({ name = '', expression = '' }, i) => {
    const here = at.index(i);
    if (expression.trim() === '') errors.push(fieldError.required(here.child('expression')));
    else errors.push(...checkExpression(expression, environment, here.child('expression'), celTypes.BOOL));
    errors.push(...(name === '' ? [fieldError.required(here.child('name'))] : qualifiedName(name, here.child('name'))));
    if (names.has(name)) errors.push(fieldError.duplicate(here.child('name'), name));
    if (name !== '') names.add(name);
  });
  return errors;
}
