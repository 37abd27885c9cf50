import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { oneOf, requiredOneOf } from '../fields/enums.ts';
import { labelValue, qualifiedName } from '../fields/names.ts';
import type { DeviceTaint, DeviceToleration } from '../types.gen.ts';

const EFFECTS: readonly string[] = ['NoExecute', 'NoSchedule', 'None'];

/** A taint of a device. */
export const deviceTaint = ({ key, value, effect }: DeviceTaint, at: Path): FieldError[] => [
  ...qualifiedName(key ?? '', at.child('key')),
  ...(value ? labelValue(value, at.child('value')) : []),
  ...requiredOneOf(effect, EFFECTS, at.child('effect')),
];

function tolerated({ operator, value = '' }: DeviceToleration, at: Path): FieldError[] {
  if (operator === 'Equal') return labelValue(value, at.child('value'));
  if (operator !== 'Exists') return requiredOneOf(operator, ['Equal', 'Exists'], at.child('operator'));
  return value ? [fieldError.invalid(at.child('value'), value, 'must be empty for operator `Exists`')] : [];
}

export const deviceToleration = (toleration: DeviceToleration, at: Path): FieldError[] => [
  ...(toleration.key ? qualifiedName(toleration.key, at.child('key')) : []),
  ...tolerated(toleration, at),
  ...oneOf(toleration.effect || undefined, EFFECTS, at.child('effect')),
];
