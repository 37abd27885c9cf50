import { type FieldError, fieldError, type Path, path, validateDns1123Subdomain, validateName } from '@windlass/meta';
import type { RoleRef, Subject } from '../types.gen.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

interface AnyBinding {
  roleRef?: RoleRef;
  subjects?: Subject[] | null;
}

/** apiGroup of the role and of users and groups is RBAC's unless given. */
export function defaultBinding(binding: AnyBinding): void {
  if (binding.roleRef) binding.roleRef.apiGroup ||= RBAC_GROUP;
  for (const subject of binding.subjects ?? [])
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= RBAC_GROUP;
}

function subjectErrors({ kind, name, apiGroup = '', namespace }: Subject, namespaced: boolean, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!name) errors.push(fieldError.required(at.child('name'), ''));
  switch (kind) {
    case 'ServiceAccount':
      for (const text of name ? validateDns1123Subdomain(name) : [])
        errors.push(fieldError.invalid(at.child('name'), name, text));
      if (apiGroup) errors.push(fieldError.notSupported(at.child('apiGroup'), apiGroup, ['']));
      if (!namespaced && !namespace) errors.push(fieldError.required(at.child('namespace'), ''));
      break;
    case 'User':
    case 'Group':
      if (apiGroup !== RBAC_GROUP) errors.push(fieldError.notSupported(at.child('apiGroup'), apiGroup, [RBAC_GROUP]));
      break;
    default:
      errors.push(fieldError.notSupported(at.child('kind'), kind ?? '', ['ServiceAccount', 'User', 'Group']));
  }
  return errors;
}

/** Rules of a RoleBinding (namespaced) or ClusterRoleBinding. */
export function bindingErrors(binding: AnyBinding, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const at = path('roleRef');
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? ({} as Partial<RoleRef>);
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (apiGroup !== RBAC_GROUP) errors.push(fieldError.notSupported(at.child('apiGroup'), apiGroup, [RBAC_GROUP]));
  if (!kinds.includes(kind)) errors.push(fieldError.notSupported(at.child('kind'), kind, kinds));
  if (!name) errors.push(fieldError.required(at.child('name'), ''));
  else for (const text of validateName('pathSegment', name)) errors.push(fieldError.invalid(at.child('name'), name, text));
  binding.subjects?.forEach((subject, i) => void errors.push(...subjectErrors(subject, namespaced, path('subjects').index(i))));
  return errors;
}

/** A binding stays with its role. */
export function roleRefChange(binding: AnyBinding, old: AnyBinding): FieldError[] {
  const { apiGroup: APIGroup = '', kind: Kind = '', name: Name = '' } = binding.roleRef ?? ({} as Partial<RoleRef>);
  const { apiGroup = '', kind = '', name = '' } = old.roleRef ?? ({} as Partial<RoleRef>);
  if (APIGroup === apiGroup && Kind === kind && Name === name) return [];
  return [fieldError.invalid('roleRef', { APIGroup, Kind, Name }, 'cannot change roleRef')];
}
