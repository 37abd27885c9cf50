import type { AccessAttributes, Authorizer, Decision } from '@windlass/apiserver';
import { parseFieldSelector } from '@windlass/meta';
import type { SubjectAccessReview, SubjectAccessReviewSpec, SubjectAccessReviewStatus } from '@windlass/resources';
import { ExpiringCache } from '../../remote/expiring-cache.ts';
import { ReviewWebhook } from '../../remote/review-webhook.ts';
import type { WebhookConfiguration } from '../configuration.ts';
import { conditionsHold } from './conditions.ts';

const REMEMBERED = 8192;

/** Requirements of a field selector; undefined for one that cannot be read. */
function selectorOf(text: string | undefined): { requirements: object[] } | undefined {
  if (!text) return undefined;
  try {
    const requirements = parseFieldSelector(text).requirements.map(({ field, operator, value }) => ({
      key: field,
      operator: operator === '=' ? 'In' : 'NotIn',
      values: [value],
    }));
    return { requirements };
  } catch {
    return undefined;
  }
}

/** What is asked, as a SubjectAccessReview says it. */
export function reviewSpec(attributes: AccessAttributes): SubjectAccessReviewSpec {
  const { user, verb, path } = attributes;
  const spec: SubjectAccessReviewSpec = {
    user: user.username,
    groups: [...user.groups],
    ...(user.uid ? { uid: user.uid } : {}),
    ...(user.extra ? { extra: user.extra } : {}),
  };
  if (!attributes.isResourceRequest) return { ...spec, nonResourceAttributes: { path, verb } };
  const { namespace, group, version, resource, subresource, name } = attributes;
  const fieldSelector = selectorOf(attributes.fieldSelector);
  return {
    ...spec,
    resourceAttributes: {
      namespace,
      verb,
      group,
      version,
      resource,
      subresource,
      name,
      ...(fieldSelector ? { fieldSelector } : {}),
    } as SubjectAccessReviewSpec['resourceAttributes'],
  };
}

/** Asks a webhook whether somebody may. (k8s.io/apiserver/plugin/pkg/authorizer/webhook) */
export class WebhookAuthorizer implements Authorizer {
  readonly #configuration: WebhookConfiguration;
  readonly #webhook: ReviewWebhook;
  readonly #cache = new ExpiringCache<SubjectAccessReviewStatus>(REMEMBERED);

  constructor(configuration: WebhookConfiguration) {
    this.#configuration = configuration;
    this.#webhook = new ReviewWebhook(configuration.kubeconfig);
  }

  close(): void {
    this.#webhook.close();
  }

  async authorize(attributes: AccessAttributes): Promise<Decision> {
    const { failurePolicy, conditions, authorizedMs, unauthorizedMs, timeoutMs } = this.#configuration;
    const spec = reviewSpec(attributes);
    try {
      if (!conditionsHold(conditions, spec)) return { decision: 'noOpinion' };
      const { allowed, denied, reason } = await this.#cache.get(
        JSON.stringify(spec),
        () => this.#ask(spec, timeoutMs),
        (status) => (status.allowed ? authorizedMs : unauthorizedMs),
      );
      if (allowed && denied) throw new Error('webhook subject access review returned both allow and deny response');
      return { decision: allowed ? 'allow' : denied ? 'deny' : 'noOpinion', ...(reason ? { reason } : {}) };
    } catch (error) {
      return { decision: failurePolicy === 'Deny' ? 'deny' : 'noOpinion', reason: (error as Error).message };
    }
  }

  async #ask(spec: SubjectAccessReviewSpec, timeoutMs: number): Promise<SubjectAccessReviewStatus> {
    const review: SubjectAccessReview = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: {},
      spec,
    };
    const { status } = await this.#webhook.ask(review, timeoutMs);
    if (!status) throw new Error('the webhook answered without a status');
    return status;
  }
}
