import { builtin } from '../generic/definition.ts';
import { unsetEmpty } from '../generic/unset-empty.ts';
import type { Role } from '../types.gen.ts';
import { rulesErrors } from './validate-rules.ts';

const GROUP_VERSION = 'rbac.authorization.k8s.io/v1';

const unset = (role: Role): void => unsetEmpty(role, 'rules');

export const roles = builtin<Role>(GROUP_VERSION, 'roles', {
  nameRule: 'pathSegment',
  strategy: { prepareForCreate: unset, prepareForUpdate: unset, validate: (role) => rulesErrors(role.rules, true) },
});
