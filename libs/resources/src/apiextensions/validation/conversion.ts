import { type FieldError, fieldError, type Path, validateDns1035Label } from '@windlass/meta';
import { oneOf } from '../../fields/enums.ts';
import { validateClientConfig } from '../../fields/webhook-client.ts';
import type { CustomResourceConversion } from '../../types.gen.ts';

const STRATEGIES = ['None', 'Webhook'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** @param known a version that the server speaks must be among them */
function validateReviewVersions(versions: readonly string[] | undefined, known: boolean, at: Path): FieldError[] {
  if (!versions?.length) return [fieldError.required(at)];
  const errors = versions.flatMap((version, i) =>
    versions.indexOf(version) < i
      ? [fieldError.invalid(at.index(i), version, 'duplicate version')]
      : validateDns1035Label(version).map((text) => fieldError.invalid(at.index(i), version, text)),
  );
  if (known && !versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.push(fieldError.invalid(at, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
  return errors;
}

/** validateCustomResourceConversion; the fields are named as in Kubernetes' own form. */
export function validateConversion(
  conversion: CustomResourceConversion | undefined,
  old: CustomResourceConversion | undefined,
  at: Path,
): FieldError[] {
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  const [client, versions] = [at.child('webhookClientConfig'), at.child('conversionReviewVersions')];
  const errors = strategy ? oneOf(strategy, STRATEGIES, at.child('strategy')) : [fieldError.required(at.child('strategy'))];
  if (strategy !== 'Webhook') {
    const unwanted = 'should not be set when strategy is not set to Webhook';
    if (webhook?.clientConfig) errors.push(fieldError.forbidden(client, unwanted));
    if (webhook?.conversionReviewVersions?.length) errors.push(fieldError.forbidden(versions, unwanted));
    return errors;
  }
  errors.push(
    ...(webhook?.clientConfig
      ? validateClientConfig(webhook.clientConfig, client)
      : [fieldError.required(client, 'required when strategy is set to Webhook')]),
  );
  const before = old?.webhook?.conversionReviewVersions ?? [];
  const known = before.length === 0 || before.some((version) => REVIEW_VERSIONS.includes(version));
  return [...errors, ...validateReviewVersions(webhook?.conversionReviewVersions, known, versions)];
}
