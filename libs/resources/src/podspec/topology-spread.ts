import { type FieldError, fieldError, type Path, validateQualifiedName } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { POSITIVE } from '../fields/messages.ts';
import { textErrors } from '../fields/names.ts';
import { positive } from '../fields/numbers.ts';
import type { TopologySpreadConstraint } from '../types.gen.ts';
import type { PodOptions } from './options.ts';

function validateMinDomains({ minDomains, whenUnsatisfiable }: TopologySpreadConstraint, at: Path): FieldError[] {
  if (minDomains === undefined) return [];
  const errors = positive(minDomains, at);
  if (whenUnsatisfiable !== 'DoNotSchedule') {
    const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
    errors.push(fieldError.invalid(at, minDomains, detail));
  }
  return errors;
}

function validateMatchLabelKeys({ matchLabelKeys = [], labelSelector }: TopologySpreadConstraint, at: Path): FieldError[] {
  if (matchLabelKeys.length === 0) return [];
  const errors: FieldError[] = [];
  if (!labelSelector) errors.push(fieldError.forbidden(at, 'must not be specified when labelSelector is not set'));
  const known = [
    ...Object.keys(labelSelector?.matchLabels ?? {}),
    ...(labelSelector?.matchExpressions ?? []).map(({ key }) => key),
  ];
  matchLabelKeys.forEach((key, i) => {
    errors.push(...textErrors(validateQualifiedName, key, at.index(i)));
    if (known.filter((other) => other === key).length > 1)
      errors.push(fieldError.invalid(at.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
  });
  return errors;
}

/** validateTopologySpreadConstraints */
export function validateTopologySpread(
  constraints: readonly TopologySpreadConstraint[] | undefined,
  options: PodOptions,
  at: Path,
): FieldError[] {
  return (constraints ?? []).flatMap((constraint, i) => {
    const here = at.index(i);
    const { maxSkew, topologyKey, whenUnsatisfiable } = constraint;
    const repeated = constraints!
      .slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    return [
      ...(maxSkew > 0 ? [] : [fieldError.invalid(here.child('maxSkew'), maxSkew, POSITIVE)]),
      ...(topologyKey ? [] : [fieldError.required(here.child('topologyKey'), 'can not be empty')]),
      ...oneOf(whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway'], here.child('whenUnsatisfiable')),
      ...(repeated
        ? [fieldError.duplicate(here.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`)]
        : []),
      ...validateMinDomains(constraint, here.child('minDomains')),
      ...oneOf(constraint.nodeAffinityPolicy, ['Honor', 'Ignore'], here.child('nodeAffinityPolicy')),
      ...oneOf(constraint.nodeTaintsPolicy, ['Honor', 'Ignore'], here.child('nodeTaintsPolicy')),
      ...validateMatchLabelKeys(constraint, here.child('matchLabelKeys')),
      ...(options.allowInvalidSpreadSelectors
        ? []
        : validateLabelSelector(constraint.labelSelector, here.child('labelSelector'))),
    ];
  });
}
