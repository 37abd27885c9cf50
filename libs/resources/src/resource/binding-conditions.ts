import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { qualifiedName } from '../fields/names.ts';
import { Once } from '../fields/once.ts';
import { eachItem } from './collections.ts';
import { MAX_BINDING_CONDITIONS } from './limits.ts';

export interface WithBindingConditions {
  bindingConditions?: string[];
  bindingFailureConditions?: string[];
}

/** What has to hold, and what must not, before a pod that uses the device is bound: both or none, without a name in common. */
export function bindingConditions(
  { bindingConditions: wanted = [], bindingFailureConditions: failures = [] }: WithBindingConditions,
  at: Path,
): FieldError[] {
  const [wantedAt, failuresAt] = [at.child('bindingConditions'), at.child('bindingFailureConditions')];
  const errors = [
    ...eachItem(wanted, MAX_BINDING_CONDITIONS, qualifiedName, wantedAt),
    ...eachItem(failures, MAX_BINDING_CONDITIONS, qualifiedName, failuresAt),
  ];
  const [onceWanted, onceFailure] = [new Once(), new Once()];
  wanted.forEach((name, i) => void errors.push(...onceWanted.check(name, wantedAt.index(i))));
  failures.forEach((name, i) => {
    errors.push(...onceFailure.check(name, failuresAt.index(i)));
    if (wanted.includes(name))
      errors.push(
        fieldError.invalid(failuresAt.index(i), name, 'bindingFailureConditions must not overlap with bindingConditions'),
      );
  });
  if (wanted.length === 0 && failures.length > 0)
    errors.push(fieldError.invalid(wantedAt, null, 'bindingConditions are required to use bindingFailureConditions'));
  if (failures.length === 0 && wanted.length > 0)
    errors.push(fieldError.invalid(failuresAt, null, 'bindingFailureConditions are required to use bindingConditions'));
  return errors;
}
