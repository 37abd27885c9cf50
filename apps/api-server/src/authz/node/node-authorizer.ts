import type { AccessAttributes, Authorizer, Decision } from '@windlass/apiserver';
import { bootstrapData, type PolicyRule, ruleAllows } from '@windlass/resources';
import { nodeOf } from './identity.ts';
import type { NodeRelations } from './relations.ts';

const ALLOW: Decision = { decision: 'allow' };
const noOpinion = (reason?: string): Decision => ({ decision: 'noOpinion', ...(reason ? { reason } : {}) });
const LEASE_NAMESPACE = 'kube-node-lease';
const WRITES = ['get', 'create', 'update', 'patch', 'delete'];

/** What every node may do; objects of the kinds below are judged one by one. */
const NODE_RULES = bootstrapData['rbac.authorization.k8s.io/clusterroles']!.find(
  ({ metadata }) => metadata.name === 'system:node',
)!.rules as PolicyRule[];

type Check = (node: string, attributes: AccessAttributes) => Decision;

/** Whether a list or watch asks only for objects whose `field` is `value`. */
const selects = ({ fieldSelector = '' }: AccessAttributes, field: string, value: string): boolean =>
  fieldSelector.split(',').some((part) => part === `${field}=${value}` || part === `${field}==${value}`);

/** Kubernetes' node authorizer (plugin/pkg/auth/authorizer/node): a node reads and writes what its own work needs, nothing of others. */
export class NodeAuthorizer implements Authorizer {
  readonly #relations: NodeRelations;
  readonly #checks: Record<string, Check>;

  constructor(relations: NodeRelations) {
    this.#relations = relations;
    this.#checks = {
      '/secrets': (node, attributes) => this.#readable(node, attributes),
      '/configmaps': (node, attributes) => this.#readable(node, attributes),
      '/persistentvolumeclaims': (node, attributes) =>
        attributes.subresource === 'status' ? this.#statusUpdate(node, attributes) : this.#get(node, attributes),
      '/persistentvolumes': (node, attributes) => this.#get(node, attributes),
      'resource.k8s.io/resourceclaims': (node, attributes) => this.#get(node, attributes),
      'storage.k8s.io/volumeattachments': (node, attributes) => this.#get(node, attributes),
      '/serviceaccounts': (node, attributes) => this.#account(node, attributes),
      'coordination.k8s.io/leases': lease,
      'storage.k8s.io/csinodes': csiNode,
      'resource.k8s.io/resourceslices': resourceSlice,
      '/nodes': ownNode,
      '/pods': (node, attributes) => this.#pod(node, attributes),
    };
  }

  authorize(attributes: AccessAttributes): Decision {
    const node = nodeOf(attributes.user);
    if (node === undefined) return noOpinion();
    if (node === '') return noOpinion(`unknown node for user ${JSON.stringify(attributes.user.username)}`);
    const check = attributes.isResourceRequest ? this.#checks[`${attributes.group}/${attributes.resource}`] : undefined;
    if (check) return check(node, attributes);
    return NODE_RULES.some((rule) => ruleAllows(rule, attributes)) ? ALLOW : noOpinion();
  }

  #related(node: string, { resource, namespace, name }: AccessAttributes): Decision {
    if (!name) return noOpinion('No Object name found');
    return this.#relations.reaches(node, resource, namespace, name)
      ? ALLOW
      : noOpinion(`no relationship found between node '${node}' and this object`);
  }

  #readable(node: string, attributes: AccessAttributes): Decision {
    if (!['get', 'list', 'watch'].includes(attributes.verb)) return noOpinion('can only read resources of this type');
    if (attributes.subresource) return noOpinion('cannot read subresource');
    if (!attributes.namespace) return noOpinion('can only read namespaced object of this type');
    return this.#related(node, attributes);
  }

  #get(node: string, attributes: AccessAttributes): Decision {
    if (attributes.verb !== 'get') return noOpinion('can only get individual resources of this type');
    if (attributes.subresource) return noOpinion('cannot get subresource');
    return this.#related(node, attributes);
  }

  #statusUpdate(node: string, attributes: AccessAttributes): Decision {
    if (!['update', 'patch'].includes(attributes.verb)) return noOpinion('can only get/update/patch this type');
    return this.#related(node, attributes);
  }

  #account(node: string, attributes: AccessAttributes): Decision {
    const { verb, subresource, name } = attributes;
    if (verb === 'get' && !subresource) return this.#related(node, attributes);
    if (verb !== 'create' || !name) return noOpinion('can only create tokens for individual service accounts');
    if (subresource !== 'token') return noOpinion('can only create token subresource of service account');
    return this.#related(node, attributes);
  }

  #pod(node: string, attributes: AccessAttributes): Decision {
    const { verb, subresource } = attributes;
    if (subresource === '') {
      if (verb === 'get') return this.#related(node, attributes);
      if (verb === 'list' || verb === 'watch')
        return selects(attributes, 'spec.nodeName', node)
          ? ALLOW
          : noOpinion('can only list/watch pods with spec.nodeName field selector');
      // NodeRestriction looks at which pod it is.
      return verb === 'create' || verb === 'delete' ? ALLOW : noOpinion();
    }
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOW : noOpinion();
    return subresource === 'eviction' && verb === 'create' ? ALLOW : noOpinion();
  }
}

function ownNode(node: string, attributes: AccessAttributes): Decision {
  const { verb, subresource, name } = attributes;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOW : noOpinion();
  if (subresource) return noOpinion();
  switch (verb) {
    case 'create':
    case 'update':
    case 'patch':
      return ALLOW;
    case 'get':
    case 'list':
    case 'watch':
      if (name === node) return ALLOW;
      return noOpinion(
        name
          ? `node '${node}' cannot read '${name}', only its own Node object`
          : `node '${node}' cannot read all nodes, only its own Node object`,
      );
    default:
      return noOpinion();
  }
}

function lease(node: string, { verb, namespace, name, subresource }: AccessAttributes): Decision {
  if (!WRITES.includes(verb)) return noOpinion('can only get, create, update, patch, or delete a node lease');
  if (subresource || namespace !== LEASE_NAMESPACE)
    return noOpinion(`can only access leases in the "${LEASE_NAMESPACE}" system namespace`);
  if (verb !== 'create' && name !== node)
    return noOpinion('can only access node lease with the same name as the requesting node');
  return ALLOW;
}

function csiNode(node: string, { verb, name, subresource }: AccessAttributes): Decision {
  if (!WRITES.includes(verb)) return noOpinion('can only get, create, update, patch, or delete a CSINode');
  if (subresource) return noOpinion('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node) return noOpinion('can only access CSINode with the same name as the requesting node');
  return ALLOW;
}

function resourceSlice(node: string, attributes: AccessAttributes): Decision {
  const { verb, subresource } = attributes;
  if (subresource) return noOpinion('cannot authorize ResourceSlice subresources');
  if (['get', 'create', 'update', 'patch', 'delete'].includes(verb)) return ALLOW;
  if (!['list', 'watch', 'deletecollection'].includes(verb))
    return noOpinion(
      `only the following verbs are allowed for a ResourceSlice: ${[...WRITES, 'list', 'watch', 'deletecollection'].join(', ')}`,
    );
  return selects(attributes, 'spec.nodeName', node)
    ? ALLOW
    : noOpinion('can only list/watch/deletecollection resourceslices with nodeName field selector');
}
