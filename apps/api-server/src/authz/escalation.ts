import type { AccessAttributes, AdmissionAttributes, AdmissionPlugin } from '@windlass/apiserver';
import { type AnyObject, equalJson, forbidden, notFound, type StatusError } from '@windlass/meta';
import { compactRules, type PolicyRule, type RoleRef, uncovered } from '@windlass/resources';
import type { AccessControl } from './access-control.ts';
import { RBAC_GROUP } from './rbac-index.ts';
import { ruleText } from './rule-text.ts';

const EVERYTHING: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];
const ROLES = new Set(['roles', 'clusterroles']);
const BINDINGS = new Set(['rolebindings', 'clusterrolebindings']);

const withoutCollectedFields = ({ metadata, ...rest }: AnyObject): object => {
  const { ownerReferences: _, finalizers: __, managedFields: ___, resourceVersion: ____, ...meta } = metadata;
  return { ...rest, metadata: meta };
};

/** The garbage collector may take owners and finalizers off what it could not grant. */
const onlyForCollection = (object: AnyObject, old: AnyObject | undefined): boolean =>
  old !== undefined && equalJson(withoutCollectedFields(object), withoutCollectedFields(old));

/**
 * Nobody grants more than it has: a role's rules, or the rules of a bound role, must be covered by the writer's own, unless it may
 * `escalate` the role or `bind` it. Kubernetes does this in the storage of the RBAC kinds, after mutating admission.
 */
export class RbacEscalation implements AdmissionPlugin {
  readonly name = 'RBACEscalation';
  readonly #access: Pick<AccessControl, 'authorizer' | 'rbac'>;

  constructor(access: Pick<AccessControl, 'authorizer' | 'rbac'>) {
    this.#access = access;
  }

  handles(operation: AdmissionAttributes['operation']): boolean {
    return operation === 'CREATE' || operation === 'UPDATE';
  }

  async admit(attributes: AdmissionAttributes): Promise<void> {
    const { resource, user, object, oldObject } = attributes;
    if (resource.group !== RBAC_GROUP || !object || user.groups.includes('system:masters')) return;
    if (onlyForCollection(object, oldObject)) return;
    if (ROLES.has(resource.resource)) await this.#role(attributes, object);
    else if (BINDINGS.has(resource.resource)) await this.#binding(attributes, object);
  }

  async #role(attributes: AdmissionAttributes, role: AnyObject): Promise<void> {
    const { resource, operation } = attributes;
    const name = operation === 'CREATE' ? '' : attributes.name;
    if (await this.#may(attributes, 'escalate', { resource: resource.resource, name, namespace: attributes.namespace })) return;
    const refusal = this.#refusal(attributes, (role.rules ?? []) as PolicyRule[]);
    if (refusal) throw this.#forbidden(attributes, refusal);
    const aggregated = role.aggregationRule ?? attributes.oldObject?.aggregationRule;
    if (aggregated && this.#refusal(attributes, EVERYTHING))
      throw this.#forbidden(attributes, 'must have cluster-admin privileges to use the aggregationRule');
  }

  async #binding(attributes: AdmissionAttributes, binding: AnyObject): Promise<void> {
    const { namespace } = attributes;
    const { kind, name } = (binding.roleRef ?? {}) as RoleRef;
    const resource = kind === 'Role' ? 'roles' : 'clusterroles';
    if (await this.#may(attributes, 'bind', { resource, name, namespace })) return;
    const rules = this.#access.rbac.rulesOf(kind, namespace, name);
    if (!rules) throw notFound({ group: RBAC_GROUP, resource: resource.slice(0, -1) }, name);
    const refusal = this.#refusal(attributes, rules);
    if (refusal) throw this.#forbidden(attributes, refusal);
  }

  async #may(
    { user }: AdmissionAttributes,
    verb: string,
    target: Pick<AccessAttributes, 'resource' | 'name' | 'namespace'>,
  ): Promise<boolean> {
    const rest = { isResourceRequest: true, group: RBAC_GROUP, version: '*', subresource: '', path: '' };
    return (await this.#access.authorizer.authorize({ user, verb, ...rest, ...target })).decision === 'allow';
  }

  #refusal({ user, namespace }: AdmissionAttributes, wanted: readonly PolicyRule[]): string | undefined {
    const { rules, errors } = this.#access.rbac.rulesFor(user, namespace);
    const missing = uncovered(rules, wanted);
    if (missing.length === 0) return undefined;
    const lines = [...new Set(compactRules(missing).map(ruleText))].sort();
    const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
    const head = `user ${JSON.stringify(user.username)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:`;
    return `${head}\n${lines.join('\n')}${errors.length > 0 ? `; resolution errors: [${errors.join(', ')}]` : ''}`;
  }

  #forbidden({ resource, object }: AdmissionAttributes, message: string): StatusError {
    return forbidden({ group: resource.group, resource: resource.resource }, object?.metadata.name ?? '', message);
  }
}
