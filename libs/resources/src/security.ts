import type { ResourceDefinition } from '@windlass/meta';
import { clusterRoleBindings, roleBindings } from './rbac/bindings.ts';
import { clusterRoles } from './rbac/cluster-roles.ts';
import { roles } from './rbac/roles.ts';

/** Kinds of access: RBAC. */
export const securityKinds = [clusterRoleBindings, clusterRoles, roleBindings, roles] as unknown as ResourceDefinition[];
