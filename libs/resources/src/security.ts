import type { ResourceDefinition } from '@windlass/meta';
import { certificateSigningRequests } from './certificates/certificate-signing-requests.ts';
import { flowSchemas } from './flowcontrol/flow-schemas.ts';
import { priorityLevelConfigurations } from './flowcontrol/priority-levels.ts';
import { clusterRoleBindings, roleBindings } from './rbac/bindings.ts';
import { clusterRoles } from './rbac/cluster-roles.ts';
import { roles } from './rbac/roles.ts';

/** Kinds of access: RBAC, certificate requests, priority and fairness. */
export const securityKinds = [
  certificateSigningRequests,
  clusterRoleBindings,
  clusterRoles,
  flowSchemas,
  priorityLevelConfigurations,
  roleBindings,
  roles,
] as unknown as ResourceDefinition[];
