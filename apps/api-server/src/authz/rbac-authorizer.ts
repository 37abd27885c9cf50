import type { AccessAttributes, Authorizer, Decision } from '@windlass/apiserver';
import { aggregateMessages } from '@windlass/meta';
import { ruleAllows } from '@windlass/resources';
import type { RbacIndex } from './rbac-index.ts';
import { describeGrant } from './rbac-rules.ts';

/** Allows what some binding of the user allows; has no opinion on the rest. */
export class RbacAuthorizer implements Authorizer {
  readonly #index: RbacIndex;

  constructor(index: RbacIndex) {
    this.#index = index;
  }

  authorize(attributes: AccessAttributes): Decision {
    const errors: string[] = [];
    for (const grant of this.#index.grants(attributes.user, attributes.namespace, (error) => errors.push(error)))
      for (const rule of grant.rules)
        if (ruleAllows(rule, attributes)) return { decision: 'allow', reason: `RBAC: allowed by ${describeGrant(grant)}` };
    return errors.length > 0
      ? { decision: 'noOpinion', reason: `RBAC: ${aggregateMessages(errors)}` }
      : { decision: 'noOpinion' };
  }
}
