import { type BearerAuthenticator, type Extensions, extensionKey } from '@windlass/apiserver';
import type { AccessControl } from '../authz/access-control.ts';
import { localSubjectAccessReview, selfSubjectAccessReview, subjectAccessReview } from './access-reviews.ts';
import { selfSubjectReview, tokenReview } from './identity-reviews.ts';
import { selfSubjectRulesReview } from './rules-review.ts';

/** Questions about identity and access, answered and not stored. */
export function addReviews({ virtual }: Extensions, { authorizer, rbac }: AccessControl, bearer: BearerAuthenticator): void {
  const authentication = 'authentication.k8s.io';
  const authorization = 'authorization.k8s.io';
  virtual.set(extensionKey(authentication, 'selfsubjectreviews'), selfSubjectReview);
  virtual.set(extensionKey(authentication, 'tokenreviews'), tokenReview(bearer));
  virtual.set(extensionKey(authorization, 'localsubjectaccessreviews'), localSubjectAccessReview(authorizer));
  virtual.set(extensionKey(authorization, 'selfsubjectaccessreviews'), selfSubjectAccessReview(authorizer));
  virtual.set(extensionKey(authorization, 'selfsubjectrulesreviews'), selfSubjectRulesReview(rbac));
  virtual.set(extensionKey(authorization, 'subjectaccessreviews'), subjectAccessReview(authorizer));
}
