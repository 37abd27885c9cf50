import type { BearerAuthenticator, VirtualResource } from '@windlass/apiserver';
import { type AnyObject, badRequest } from '@windlass/meta';
import type { TokenReviewSpec, TokenReviewStatus } from '@windlass/resources';

/** Who am I? (`kubectl auth whoami`) */
export const selfSubjectReview: VirtualResource = {
  create: async (review, { user }) =>
    ({
      ...review,
      metadata: { creationTimestamp: `${new Date().toISOString().slice(0, 19)}Z` },
      status: { userInfo: user },
    }) as unknown as AnyObject,
};

async function statusOf(bearer: BearerAuthenticator, { token, audiences }: TokenReviewSpec): Promise<TokenReviewStatus> {
  const verdict = await bearer.review(token, audiences?.length ? audiences : undefined);
  return 'error' in verdict
    ? { user: {}, error: verdict.error }
    : { authenticated: true, user: verdict.user, audiences: [...verdict.audiences] };
}

/** Whose token is this? */
export const tokenReview = (bearer: BearerAuthenticator): VirtualResource => ({
  create: async (review) => {
    const spec = (review.spec ?? {}) as TokenReviewSpec;
    if (!spec.token) throw badRequest('token is required for TokenReview in authentication');
    return { ...review, status: await statusOf(bearer, spec) } as unknown as AnyObject;
  },
});
