import {
  type FieldError,
  fieldError,
  type Path,
  validateDns1123Subdomain,
  validateLabelValue,
  validateQualifiedName,
} from '@windlass/meta';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '../types.gen.ts';
import { textErrors } from './names.ts';

const NO_OPERATOR = 'not a valid selector operator';

function validateRequirement(requirement: NodeSelectorRequirement, allowInvalidValues: boolean, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const { key, operator, values = [] } = requirement;
  const here = at.child('values');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(fieldError.required(here, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(fieldError.forbidden(here, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1)
      errors.push(fieldError.required(here, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else errors.push(fieldError.invalid(at.child('operator'), operator, NO_OPERATOR));
  errors.push(...textErrors(validateQualifiedName, key, at.child('key')));
  if (!allowInvalidValues)
    values.forEach((value, i) => void errors.push(...textErrors(validateLabelValue, value, here.index(i))));
  return errors;
}

function validateFieldRequirement({ key, operator, values = [] }: NodeSelectorRequirement, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') errors.push(fieldError.invalid(at.child('operator'), operator, NO_OPERATOR));
  else if (values.length !== 1)
    errors.push(
      fieldError.required(
        at.child('values'),
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      ),
    );
  if (key !== 'metadata.name') errors.push(fieldError.invalid(at.child('key'), key, 'not a valid field selector key'));
  else
    values.forEach((value, i) => void errors.push(...textErrors(validateDns1123Subdomain, value, at.child('values').index(i))));
  return errors;
}

/** ValidateNodeSelectorTerm. Preferred terms may hold values that are no label values. */
export const validateNodeSelectorTerm = (term: NodeSelectorTerm, allowInvalidValues: boolean, at: Path): FieldError[] => [
  ...(term.matchExpressions ?? []).flatMap((one, i) =>
    validateRequirement(one, allowInvalidValues, at.child('matchExpressions').index(i)),
  ),
  ...(term.matchFields ?? []).flatMap((one, i) => validateFieldRequirement(one, at.child('matchFields').index(i))),
];

/** ValidateNodeSelector: affinities of pods, volumes, resource slices. */
export function validateNodeSelector(selector: NodeSelector, at: Path, allowInvalidValues = false): FieldError[] {
  const terms = at.child('nodeSelectorTerms');
  if (!selector.nodeSelectorTerms?.length) return [fieldError.required(terms, 'must have at least one node selector term')];
  return selector.nodeSelectorTerms.flatMap((term, i) => validateNodeSelectorTerm(term, allowInvalidValues, terms.index(i)));
}
