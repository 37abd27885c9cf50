import type { AccessAttributes, Authorizer, RequestContext, VirtualResource } from '@windlass/apiserver';
import { type AnyObject, badRequest, type FieldError, invalid, type UserInfo } from '@windlass/meta';
import { type AccessSpec, accessErrors, localErrors, metadataErrors } from './access-validation.ts';

const GROUP = 'authorization.k8s.io';

interface Requirement {
  key?: string;
  operator?: string;
  values?: string[];
}

/** The field selector as a query would give it; operators that select nothing single are left out. */
function selectorText({ resourceAttributes }: AccessSpec): string {
  const { rawSelector, requirements } = (resourceAttributes?.fieldSelector ?? {}) as {
    rawSelector?: string;
    requirements?: Requirement[];
  };
  if (rawSelector) return rawSelector;
  const single = (requirements ?? []).filter(({ operator, values }) => operator === 'In' && values?.length === 1);
  return single.map(({ key, values }) => `${key}=${values![0]}`).join(',');
}

function attributesOf(user: UserInfo, spec: AccessSpec): AccessAttributes {
  const { resourceAttributes: about, nonResourceAttributes } = spec;
  return {
    user,
    verb: about?.verb ?? nonResourceAttributes?.verb ?? '',
    isResourceRequest: about !== undefined,
    group: about?.group ?? '',
    version: about?.version || '*',
    resource: about?.resource ?? '',
    subresource: about?.subresource ?? '',
    namespace: about?.namespace ?? '',
    name: about?.name ?? '',
    path: nonResourceAttributes?.path ?? '',
    fieldSelector: selectorText(spec),
  };
}

const subjectOf = ({ user = '', groups = [], uid, extra }: AccessSpec): UserInfo => ({
  username: user,
  groups: groups ?? [],
  ...(uid ? { uid } : {}),
  ...(extra ? { extra } : {}),
});

async function answer(authorizer: Authorizer, review: AnyObject, user: UserInfo): Promise<AnyObject> {
  const { decision, reason } = await authorizer.authorize(attributesOf(user, (review.spec ?? {}) as AccessSpec));
  const status = {
    allowed: decision === 'allow',
    ...(decision === 'deny' ? { denied: true } : {}),
    ...(reason ? { reason } : {}),
  };
  return { ...review, status } as AnyObject;
}

function check(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(GROUP, kind, '', errors);
}

const specOf = (review: AnyObject): AccessSpec => (review.spec ?? {}) as AccessSpec;

/** May I? */
export const selfSubjectAccessReview = (authorizer: Authorizer): VirtualResource => ({
  create: async (review, { user }: RequestContext) => {
    check('SelfSubjectAccessReview', [...accessErrors(specOf(review), 'self'), ...metadataErrors(review, false)]);
    return answer(authorizer, review, user);
  },
});

/** May they? */
export const subjectAccessReview = (authorizer: Authorizer): VirtualResource => ({
  create: async (review) => {
    check('SubjectAccessReview', [...accessErrors(specOf(review), 'subject'), ...metadataErrors(review, false)]);
    return answer(authorizer, review, subjectOf(specOf(review)));
  },
});

/** May they, in this namespace? */
export const localSubjectAccessReview = (authorizer: Authorizer): VirtualResource => ({
  create: async (review, { info }) => {
    const spec = specOf(review);
    const { namespace } = info;
    review.metadata.namespace ||= namespace;
    if (review.metadata.namespace !== namespace)
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    check('LocalSubjectAccessReview', [
      ...accessErrors(spec, 'subject'),
      ...metadataErrors(review, true),
      ...localErrors(spec, namespace),
    ]);
    return answer(authorizer, review, subjectOf(spec));
  },
});
