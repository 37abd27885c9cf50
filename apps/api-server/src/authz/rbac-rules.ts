import type { UserInfo } from '@windlass/meta';
import type { PolicyRule, RoleRef, Subject } from '@windlass/resources';

/** A RoleBinding or ClusterRoleBinding. */
export interface Binding {
  metadata: { name?: string; namespace?: string };
  roleRef: RoleRef;
  subjects?: Subject[];
}

/** A binding that applies to a user, by which of its subjects, with the rules of its role. */
export interface Grant {
  binding: Binding;
  subject: Subject;
  rules: readonly PolicyRule[];
}

/** What bindings are found by: users and groups; service accounts count as their user name. */
export function subjectKey(subject: Subject, bindingNamespace: string): string {
  switch (subject.kind) {
    case 'Group':
      return groupKey(subject.name);
    case 'ServiceAccount':
      return userKey(`system:serviceaccount:${subject.namespace || bindingNamespace}:${subject.name}`);
    default:
      return userKey(subject.name);
  }
}

export const userKey = (name: string): string => `u:${name}`;
export const groupKey = (name: string): string => `g:${name}`;

export const subjectKeysOf = ({ username, groups }: UserInfo): string[] => [userKey(username), ...groups.map(groupKey)];

function describeSubject({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  return kind === 'ServiceAccount' ? `${kind} "${name}/${namespace || bindingNamespace}"` : `${kind} "${name}"`;
}

/** `ClusterRoleBinding "x" of ClusterRole "y" to Group "z"`, as audit annotations and access reviews give the reason. */
export function describeGrant({ binding, subject }: Grant): string {
  const { name, namespace } = binding.metadata;
  const { kind, name: role } = binding.roleRef;
  return namespace
    ? `RoleBinding "${name}/${namespace}" of ${kind} "${role}" to ${describeSubject(subject, namespace)}`
    : `ClusterRoleBinding "${name}" of ${kind} "${role}" to ${describeSubject(subject, '')}`;
}
