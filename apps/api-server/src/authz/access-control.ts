import { type Authorizer, privilegedGroups, type ResourceReader, unionAuthorizer } from '@windlass/apiserver';
import { NodeAuthorizer } from './node/node-authorizer.ts';
import { NodeRelations } from './node/relations.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { RbacIndex } from './rbac-index.ts';

export interface AccessControl {
  authorizer: Authorizer;
  rbac: RbacIndex;
  stop(): void;
}

/** Who may do what: system:masters everything, nodes what their work needs, everyone what RBAC says. */
export function accessControl(reader: ResourceReader): AccessControl {
  const rbac = new RbacIndex(reader);
  const authorizer = unionAuthorizer([
    privilegedGroups('system:masters'),
    new NodeAuthorizer(new NodeRelations(reader)),
    new RbacAuthorizer(rbac),
  ]);
  return { authorizer, rbac, stop: () => rbac.stop() };
}
