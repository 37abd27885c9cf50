import { type FieldError, fieldError, type Path, validateLabelValue, validateQualifiedName } from '@windlass/meta';
import { goStruct } from '../internal/go-struct.ts';
import type { Taint, Toleration } from '../types.gen.ts';
import { oneOf, requiredOneOf } from './enums.ts';
import { textErrors } from './names.ts';

export const TAINT_EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Taints of nodes (validateNodeTaints): well-formed, and unique by key and effect. */
export function validateTaints(taints: readonly Taint[] | undefined, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  taints?.forEach((taint, i) => {
    const here = at.index(i);
    const value = taint.value ?? '';
    errors.push(...textErrors(validateQualifiedName, taint.key, here.child('key')));
    const texts = validateLabelValue(value);
    if (texts.length > 0) errors.push(fieldError.invalid(here.child('value'), value, texts.join(';')));
    errors.push(...requiredOneOf(taint.effect, TAINT_EFFECTS, here.child('effect')));
    const id = `${taint.key}\0${taint.effect}`;
    if (seen.has(id))
      errors.push({
        ...fieldError.duplicate(here, goStruct('Taint', taint)),
        detail: 'taints must be unique by key and effect pair',
      });
    seen.add(id);
  });
  return errors;
}

function validateToleration(toleration: Toleration, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const { key = '', operator = '', value = '', effect = '' } = toleration;
  if (key) errors.push(...textErrors(validateQualifiedName, key, at.child('key')));
  else if (operator !== 'Exists')
    errors.push(
      fieldError.invalid(
        at.child('operator'),
        operator,
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    );
  if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute')
    errors.push(fieldError.invalid(at.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  if (operator === 'Equal' || operator === '') {
    const texts = validateLabelValue(value);
    if (texts.length > 0) errors.push(fieldError.invalid(at.child('operator'), value, texts.join(';')));
  } else if (operator === 'Exists') {
    if (value) errors.push(fieldError.invalid(at.child('operator'), value, "value must be empty when `operator` is 'Exists'"));
  } else errors.push(fieldError.notSupported(at.child('operator'), operator, ['Equal', 'Exists']));
  if (effect) errors.push(...oneOf(effect, TAINT_EFFECTS, at.child('effect')));
  return errors;
}

/** ValidateTolerations */
export const validateTolerations = (tolerations: readonly Toleration[] | undefined, at: Path): FieldError[] =>
  (tolerations ?? []).flatMap((toleration, i) => validateToleration(toleration, at.index(i)));
