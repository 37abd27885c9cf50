import type { VirtualResource } from '@windlass/apiserver';
import { type AnyObject, aggregateMessages, badRequest } from '@windlass/meta';
import { nodeOf } from '../authz/node/identity.ts';
import type { RbacIndex } from '../authz/rbac-index.ts';

const NODE_ERROR = 'node authorizer does not support user rule resolution';

/** What may I do in a namespace? (`kubectl auth can-i --list`) */
export const selfSubjectRulesReview = (rbac: RbacIndex): VirtualResource => ({
  create: async (review, { user }) => {
    const namespace = (review.spec as { namespace?: string } | undefined)?.namespace;
    if (!namespace) throw badRequest('no namespace on request');
    const { rules, errors } = rbac.rulesFor(user, namespace);
    const isNode = nodeOf(user) !== undefined;
    if (isNode) errors.unshift(NODE_ERROR);
    const resourceRules = rules
      .filter(({ resources }) => resources?.length)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames?.length ? { resourceNames } : {}),
      }));
    const nonResourceRules = rules
      .filter(({ nonResourceURLs }) => nonResourceURLs?.length)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
    const status = {
      resourceRules,
      nonResourceRules,
      incomplete: isNode,
      ...(errors.length > 0 ? { evaluationError: aggregateMessages(errors) } : {}),
    };
    return { ...review, status } as AnyObject;
  },
});
