import type { AccessAttributes, Authorizer, Decision } from '../seams.ts';

/** The first that allows or denies decides; what the others said of why not is joined. */
export const unionAuthorizer = (authorizers: readonly Authorizer[]): Authorizer => ({
  async authorize(attributes: AccessAttributes): Promise<Decision> {
    const reasons: string[] = [];
    for (const authorizer of authorizers) {
      const answer = authorizer.authorize(attributes);
      const decision = answer instanceof Promise ? await answer : answer;
      if (decision.decision !== 'noOpinion') return decision;
      if (decision.reason) reasons.push(decision.reason);
    }
    return { decision: 'noOpinion', ...(reasons.length > 0 ? { reason: reasons.join('\n') } : {}) };
  },
});

/** Members of these groups may do everything. */
export const privilegedGroups = (...groups: readonly string[]): Authorizer => ({
  authorize: ({ user }) => ({ decision: user.groups.some((group) => groups.includes(group)) ? 'allow' : 'noOpinion' }),
});
