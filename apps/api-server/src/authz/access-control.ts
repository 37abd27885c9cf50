import { type Authorizer, privilegedGroups, type ResourceReader, unionAuthorizer } from '@windlass/apiserver';
import { type AuthorizationConfiguration, type AuthorizerConfiguration, DEFAULT_AUTHORIZATION } from './configuration.ts';
import { NodeAuthorizer } from './node/node-authorizer.ts';
import { NodeRelations } from './node/relations.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { RbacIndex } from './rbac-index.ts';
import { WebhookAuthorizer } from './webhook/authorizer.ts';

export interface AccessControl {
  authorizer: Authorizer;
  rbac: RbacIndex;
  stop(): void;
}

/** Who may do what: system:masters everything, and then who is configured is asked in turn; without a configuration nodes and RBAC. */
export function accessControl(
  reader: ResourceReader,
  { authorizers }: AuthorizationConfiguration = DEFAULT_AUTHORIZATION,
): AccessControl {
  const rbac = new RbacIndex(reader);
  const webhooks: WebhookAuthorizer[] = [];
  const authorizerOf = (configuration: AuthorizerConfiguration): Authorizer => {
    switch (configuration.type) {
      case 'Node':
        return new NodeAuthorizer(new NodeRelations(reader));
      case 'RBAC':
        return new RbacAuthorizer(rbac);
      case 'AlwaysAllow':
        return { authorize: () => ({ decision: 'allow' }) };
      case 'AlwaysDeny':
        return { authorize: () => ({ decision: 'noOpinion', reason: 'Everything is forbidden.' }) };
      case 'Webhook': {
        const webhook = new WebhookAuthorizer(configuration.webhook);
        webhooks.push(webhook);
        return webhook;
      }
    }
  };
  const authorizer = unionAuthorizer([privilegedGroups('system:masters'), ...authorizers.map(authorizerOf)]);
  return {
    authorizer,
    rbac,
    stop() {
      rbac.stop();
      for (const webhook of webhooks) webhook.close();
    },
  };
}
