import { type FieldError, fieldError, type Path, validateDns1123Label, validateDns1123Subdomain } from '@windlass/meta';
import { textErrors } from '../fields/names.ts';
import type { FlowcontrolV1Subject } from '../types.gen.ts';

const KINDS = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;

function accountErrors(account: NonNullable<FlowcontrolV1Subject['serviceAccount']>, at: Path): FieldError[] {
  const { name, namespace } = account;
  return [
    ...(name
      ? name === '*'
        ? []
        : textErrors(validateDns1123Subdomain, name, at.child('name'))
      : [fieldError.required(at.child('name'), '')]),
    ...(namespace
      ? textErrors(validateDns1123Label, namespace, at.child('namespace'))
      : [fieldError.required(at.child('namespace'), 'must specify namespace for service account')]),
  ];
}

/** A subject says who it is in the field of its kind, and in no other. */
export function subjectErrors(subject: FlowcontrolV1Subject, at: Path): FieldError[] {
  const field = Object.hasOwn(KINDS, subject.kind ?? '') ? KINDS[subject.kind as keyof typeof KINDS] : undefined;
  if (!field) return [fieldError.notSupported(at.child('kind'), subject.kind ?? '', Object.keys(KINDS))];
  const errors: FieldError[] = [];
  const about = subject[field];
  if (!about) errors.push(fieldError.required(at.child(field), `${field} is required when subject kind is '${subject.kind}'`));
  else if (field === 'serviceAccount') errors.push(...accountErrors(subject.serviceAccount!, at.child(field)));
  else if (!about.name) errors.push(fieldError.required(at.child(field).child('name'), ''));
  for (const [kind, other] of [
    ['ServiceAccount', 'serviceAccount'],
    ['User', 'user'],
    ['Group', 'group'],
  ] as const)
    if (other !== field && subject[other])
      errors.push(fieldError.forbidden(at.child(other), `${other} is forbidden when subject kind is not '${kind}'`));
  return errors;
}
