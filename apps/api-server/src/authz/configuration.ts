import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  type CelProgram,
  type FieldError,
  fieldError,
  type Path,
  parseDuration,
  path as root,
  validateDns1123Subdomain,
} from '@windlass/meta';
import { type ConfigurationKind, parseConfiguration } from '../configuration/parse.ts';
import type { Shape } from '../configuration/shape.ts';
import { compileCondition } from './webhook/conditions.ts';

/** apiserver.config.k8s.io/v1 AuthorizationConfiguration: who is asked, in which order. (KEP-3221) */
export interface AuthorizationConfiguration {
  authorizers: readonly AuthorizerConfiguration[];
}

export type AuthorizerConfiguration =
  | { type: 'AlwaysAllow' | 'AlwaysDeny' | 'Node' | 'RBAC'; name: string }
  | { type: 'Webhook'; name: string; webhook: WebhookConfiguration };

export interface WebhookConfiguration {
  /** Path of a kubeconfig whose cluster is the webhook. */
  kubeconfig: string;
  timeoutMs: number;
  /** How long what was allowed, and what was not, is remembered; 0: not at all. */
  authorizedMs: number;
  unauthorizedMs: number;
  /** What a webhook that brings no answer comes to. */
  failurePolicy: 'NoOpinion' | 'Deny';
  /** All must hold for the webhook to be asked. */
  conditions: readonly CelProgram[];
}

/** As without a file: `--authorization-mode=Node,RBAC`. */
export const DEFAULT_AUTHORIZATION: AuthorizationConfiguration = {
  authorizers: [
    { type: 'Node', name: 'node' },
    { type: 'RBAC', name: 'rbac' },
  ],
};

const TYPES = ['AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook'];
const MOST_CONDITIONS = 64;
const WEBHOOK: Shape = {
  authorizedTTL: true,
  cacheAuthorizedRequests: true,
  unauthorizedTTL: true,
  cacheUnauthorizedRequests: true,
  timeout: true,
  subjectAccessReviewVersion: true,
  matchConditionSubjectAccessReviewVersion: true,
  failurePolicy: true,
  connectionInfo: { type: true, kubeConfigFile: true },
  matchConditions: [{ expression: true }],
};

interface WebhookFile {
  authorizedTTL?: string;
  cacheAuthorizedRequests?: boolean;
  unauthorizedTTL?: string;
  cacheUnauthorizedRequests?: boolean;
  timeout?: string;
  subjectAccessReviewVersion?: string;
  matchConditionSubjectAccessReviewVersion?: string;
  failurePolicy?: string;
  connectionInfo?: { type?: string; kubeConfigFile?: string };
  matchConditions?: { expression?: string }[];
}

interface File {
  authorizers?: { type?: string; name?: string; webhook?: WebhookFile }[];
}

/** Milliseconds of a duration that must be there. */
function duration(text: string | undefined, at: Path, longest: number, errors: FieldError[]): number {
  if (text === undefined) {
    errors.push(fieldError.required(at));
    return 0;
  }
  try {
    const ms = parseDuration(String(text));
    if (ms === 0) errors.push(fieldError.required(at));
    else if (ms < 0 || ms > longest)
      errors.push(
        fieldError.invalid(at, text, longest === Number.POSITIVE_INFINITY ? 'must be > 0s' : 'must be > 0s and <= 30s'),
      );
    return ms;
  } catch (error) {
    errors.push(fieldError.invalid(at, text, (error as Error).message));
    return 0;
  }
}

function oneOf(value: string | undefined, allowed: readonly string[], at: Path): FieldError[] {
  if (!value) return [fieldError.required(at)];
  return allowed.includes(value) ? [] : [fieldError.notSupported(at, value, allowed)];
}

function connectionErrors({ type, kubeConfigFile: file }: NonNullable<WebhookFile['connectionInfo']>, at: Path): FieldError[] {
  const wrongType = oneOf(type, ['KubeConfigFile'], at.child('type'));
  if (wrongType.length > 0) return wrongType;
  const there = at.child('kubeConfigFile');
  if (!file) return [fieldError.required(there)];
  if (!path.isAbsolute(file)) return [fieldError.invalid(there, file, 'must be an absolute path')];
  try {
    return statSync(file).isFile() ? [] : [fieldError.invalid(there, file, 'must be a regular file')];
  } catch (error) {
    return [fieldError.invalid(there, file, `error loading file: ${(error as Error).message}`)];
  }
}

/** (k8s.io/apiserver/pkg/apis/apiserver/validation ValidateWebhookConfiguration) */
function webhookOf(file: WebhookFile, at: Path, errors: FieldError[]): WebhookConfiguration {
  const timeoutMs = duration(file.timeout, at.child('timeout'), 30_000, errors);
  const authorizedMs = duration(file.authorizedTTL, at.child('authorizedTTL'), Number.POSITIVE_INFINITY, errors);
  const unauthorizedMs = duration(file.unauthorizedTTL, at.child('unauthorizedTTL'), Number.POSITIVE_INFINITY, errors);
  errors.push(...oneOf(file.subjectAccessReviewVersion, ['v1'], at.child('subjectAccessReviewVersion')));
  const { matchConditions = [], matchConditionSubjectAccessReviewVersion: version } = file;
  const versionAt = at.child('matchConditionSubjectAccessReviewVersion');
  if (!version && matchConditions.length > 0)
    errors.push(fieldError.required(versionAt, 'required if match conditions are specified'));
  else if (version) errors.push(...oneOf(version, ['v1'], versionAt));
  errors.push(...oneOf(file.failurePolicy, ['NoOpinion', 'Deny'], at.child('failurePolicy')));
  errors.push(...connectionErrors(file.connectionInfo ?? {}, at.child('connectionInfo')));

  const conditions: CelProgram[] = [];
  if (matchConditions.length > MOST_CONDITIONS)
    errors.push(fieldError.tooMany(at.child('matchConditions'), matchConditions.length, MOST_CONDITIONS));
  for (const [i, { expression = '' }] of matchConditions.slice(0, MOST_CONDITIONS).entries()) {
    const there = at.child('matchConditions').index(i).child('expression');
    if (!expression.trim()) errors.push(fieldError.required(there));
    else if (conditions.some(({ source }) => source === expression)) errors.push(fieldError.duplicate(there, expression));
    else {
      try {
        conditions.push(compileCondition(expression));
      } catch (error) {
        errors.push(fieldError.invalid(there, expression, (error as Error).message));
      }
    }
  }
  return {
    kubeconfig: file.connectionInfo?.kubeConfigFile ?? '',
    timeoutMs,
    authorizedMs: file.cacheAuthorizedRequests === false ? 0 : authorizedMs,
    unauthorizedMs: file.cacheUnauthorizedRequests === false ? 0 : unauthorizedMs,
    failurePolicy: file.failurePolicy as WebhookConfiguration['failurePolicy'],
    conditions,
  };
}

const AUTHORIZATION: ConfigurationKind<File, AuthorizationConfiguration> = {
  kind: 'AuthorizationConfiguration',
  versions: ['v1', 'v1beta1'],
  shape: { authorizers: [{ type: true, name: true, webhook: WEBHOOK }] },
  read(file, errors) {
    const given = file.authorizers ?? [];
    const list = root('authorizers');
    if (given.length === 0) errors.push(fieldError.required(list, 'at least one authorization mode must be defined'));
    const authorizers = given.flatMap(({ type = '', name = '', webhook }, i): AuthorizerConfiguration[] => {
      const at = list.index(i);
      const before = given.slice(0, i);
      const wrongType = oneOf(type, TYPES, at.child('type'));
      errors.push(...wrongType);
      if (wrongType.length > 0) return [];
      if (type !== 'Webhook' && before.some((other) => other.type === type))
        errors.push(fieldError.duplicate(at.child('type'), type));
      if (!name) errors.push(fieldError.required(at.child('name')));
      else if (before.some((other) => other.name === name)) errors.push(fieldError.duplicate(at.child('name'), name));
      else
        for (const text of validateDns1123Subdomain(name))
          errors.push(fieldError.invalid(at.child('name'), name, `authorizer name is invalid: ${text}`));
      if (type !== 'Webhook') {
        if (webhook) errors.push(fieldError.invalid(at.child('webhook'), 'non-null', 'may only be specified when type=Webhook'));
        return [{ type: type as 'Node', name }];
      }
      if (!webhook) {
        errors.push(fieldError.required(at.child('webhook'), 'required when type=Webhook'));
        return [];
      }
      return [{ type, name, webhook: webhookOf(webhook, at.child('webhook'), errors) }];
    });
    return { authorizers };
  },
};

/** @throws Error as {@link parseConfiguration} */
export const parseAuthorizationConfiguration = (text: string): AuthorizationConfiguration =>
  parseConfiguration(text, AUTHORIZATION);

export const readAuthorizationConfiguration = (file: string | undefined): AuthorizationConfiguration =>
  file ? parseAuthorizationConfiguration(readFileSync(file, 'utf8')) : DEFAULT_AUTHORIZATION;
