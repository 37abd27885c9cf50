import { builtin } from '../generic/definition.ts';
import type { Role } from '../types.gen.ts';
import { rulesErrors } from './validate-rules.ts';

const GROUP_VERSION = 'rbac.authorization.k8s.io/v1';

export const roles = builtin<Role>(GROUP_VERSION, 'roles', {
  nameRule: 'pathSegment',
  strategy: { validate: (role) => rulesErrors(role.rules, true) },
});
