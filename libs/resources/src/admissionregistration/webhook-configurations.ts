import {
  type FieldError,
  fieldError,
  type Path,
  path,
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
} from '@windlass/meta';
import { admissionEnvironment } from '../cel/admission-environment.ts';
import { oneOf } from '../fields/enums.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { type ClientConfig, defaultClientConfig, validateClientConfig } from '../fields/webhook-client.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { MutatingWebhook, MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../types.gen.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { defaultRule, MATCH_POLICIES, validateRule } from './rules.ts';

type Webhook = Omit<MutatingWebhook, 'reinvocationPolicy'> & Pick<MutatingWebhook, 'reinvocationPolicy'>;

export const FAILURE_POLICIES = ['Fail', 'Ignore'];
export const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const environment = admissionEnvironment({ params: false, namespaceObject: false });

function setDefaults(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  defaultClientConfig(webhook.clientConfig as ClientConfig);
  for (const rule of webhook.rules ?? []) defaultRule(rule);
}

/** validation.IsFullyQualifiedName */
function validateName(name: string, at: Path): FieldError[] {
  if (!name) return [fieldError.required(at)];
  const texts = validateDns1123Subdomain(name);
  if (texts.length > 0) return [fieldError.invalid(at, name, texts.join(','))];
  const labels = name.split('.');
  if (labels.length < 3)
    return [fieldError.invalid(at, name, 'should be a domain with at least three segments separated by dots')];
  return labels.flatMap((label) => {
    const wrong = validateDns1123Label(label);
    return wrong.length > 0 ? [fieldError.invalid(at, label, wrong.join(','))] : [];
  });
}

function validateReviewVersions(versions: readonly string[] | undefined, at: Path): FieldError[] {
  if (!versions?.length) return [fieldError.required(at, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)];
  const errors: FieldError[] = [];
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) {
      errors.push(fieldError.invalid(at.index(i), version, 'duplicate version'));
      return;
    }
    for (const text of validateDns1035Label(version)) errors.push(fieldError.invalid(at.index(i), version, text));
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.push(fieldError.invalid(at, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
  return errors;
}

function validateWebhook(webhook: Webhook, at: Path): FieldError[] {
  const { sideEffects, timeoutSeconds } = webhook;
  return [
    ...validateName(webhook.name, at.child('name')),
    ...(webhook.rules ?? []).flatMap((rule, i) => validateRule(rule, at.child('rules').index(i))),
    ...oneOf(webhook.failurePolicy, FAILURE_POLICIES, at.child('failurePolicy')),
    ...oneOf(webhook.matchPolicy, MATCH_POLICIES, at.child('matchPolicy')),
    ...(sideEffects !== undefined
      ? oneOf(sideEffects, SIDE_EFFECTS, at.child('sideEffects'))
      : [fieldError.required(at.child('sideEffects'), `must specify one of ${SIDE_EFFECTS.join(', ')}`)]),
    ...(timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30)
      ? [fieldError.invalid(at.child('timeoutSeconds'), timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...validateLabelSelector(webhook.namespaceSelector, at.child('namespaceSelector')),
    ...validateLabelSelector(webhook.objectSelector, at.child('objectSelector')),
    ...oneOf(webhook.reinvocationPolicy, REINVOCATION_POLICIES, at.child('reinvocationPolicy')),
    ...validateClientConfig((webhook.clientConfig ?? {}) as ClientConfig, at.child('clientConfig')),
    ...validateMatchConditions(webhook.matchConditions, environment, at.child('matchConditions')),
    ...validateReviewVersions(webhook.admissionReviewVersions, at.child('admissionReviewVersions')),
  ];
}

function validate({ webhooks }: { webhooks?: readonly Webhook[] }): FieldError[] {
  const names = new Set<string>();
  return (webhooks ?? []).flatMap((webhook, i) => {
    const at = path('webhooks').index(i);
    const errors = validateWebhook(webhook, at);
    if (names.has(webhook.name)) errors.push(fieldError.duplicate(at.child('name'), webhook.name));
    names.add(webhook.name);
    return errors;
  });
}

const columns = [
  nameColumn,
  column<{ webhooks?: unknown[] }>(
    'Webhooks',
    'integer',
    'Webhooks indicates the number of webhooks registered in this configuration',
    ({ webhooks }) => webhooks?.length ?? 0,
  ),
  ageColumn,
] as never;

export const mutatingWebhookConfigurations = builtin<MutatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'mutatingwebhookconfigurations',
  {
    strategy: {
      default: ({ webhooks }) => {
        for (const webhook of webhooks ?? []) {
          setDefaults(webhook);
          webhook.reinvocationPolicy ??= 'Never';
        }
      },
      validate,
    },
    columns,
  },
);

export const validatingWebhookConfigurations = builtin<ValidatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'validatingwebhookconfigurations',
  {
    strategy: {
      default: ({ webhooks }) => {
        for (const webhook of webhooks ?? []) setDefaults(webhook);
      },
      validate,
    },
    columns,
  },
);
