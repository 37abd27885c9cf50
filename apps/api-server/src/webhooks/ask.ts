import { WebhookCallError, type WebhookClient, type WebhookTarget } from '@windlass/apiserver';
import { badRequest, internalError } from '@windlass/meta';
import { admissionReview, denied, type ReviewAnswer, readAnswer } from './admission-review.ts';
import type { Invocation } from './hooks.ts';

const DEFAULT_TIMEOUT_SECONDS = 10;

class CallFailure extends Error {}

/**
 * Asks one webhook. Its warnings and annotations go to the request.
 * @returns undefined when it could not be asked and its failurePolicy ignores that
 * @throws StatusError of its denial, 500 when it could not be asked, 400 for a dry run that it does not support
 */
export async function askWebhook(
  client: WebhookClient,
  { hook, seen }: Invocation,
  mutating: boolean,
): Promise<ReviewAnswer | undefined> {
  const { webhook } = hook;
  const { attributes } = seen;
  if (attributes.dryRun && webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun')
    throw badRequest(`admission webhook ${JSON.stringify(webhook.name)} does not support dry run`);
  let answer: ReviewAnswer;
  try {
    answer = await call(client, webhook, seen, mutating);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    if (webhook.failurePolicy === 'Ignore') {
      const phase = mutating ? 'mutation' : 'validating';
      attributes.addAuditAnnotation(`failed-open.${phase}.webhook.admission.k8s.io/${hook.configuration}`, webhook.name);
      return undefined;
    }
    throw internalError(`failed calling webhook ${JSON.stringify(webhook.name)}: ${error.message}`);
  }
  for (const warning of answer.warnings) attributes.addWarning(warning);
  for (const [key, value] of Object.entries(answer.auditAnnotations))
    attributes.addAuditAnnotation(`${webhook.name}/${key}`, value);
  if (!answer.allowed) throw denied(webhook.name, answer.result);
  return answer;
}

async function call(
  client: WebhookClient,
  webhook: Invocation['hook']['webhook'],
  seen: Invocation['seen'],
  mutating: boolean,
): Promise<ReviewAnswer> {
  const made = admissionReview(seen, webhook.admissionReviewVersions);
  if (!made)
    throw new CallFailure(
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)',
    );
  let raw: unknown;
  try {
    const timeoutMs = (webhook.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
    raw = await client.call(webhook.clientConfig as WebhookTarget, made.review, timeoutMs);
  } catch (error) {
    if (error instanceof WebhookCallError) throw new CallFailure(`failed to call webhook: ${error.message}`);
    throw error;
  }
  try {
    return readAnswer(raw, made.uid, made.version, mutating);
  } catch (error) {
    throw new CallFailure(`received invalid webhook response: ${(error as Error).message}`);
  }
}
