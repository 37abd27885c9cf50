import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAuthorizationConfiguration } from './configuration.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'windlass-authz-'));
const kubeConfigFile = path.join(directory, 'k.conf');
writeFileSync(kubeConfigFile, '{}');
afterAll(() => rmSync(directory, { recursive: true }));

const WEBHOOK = {
  authorizedTTL: '5m',
  unauthorizedTTL: '30s',
  timeout: '3s',
  subjectAccessReviewVersion: 'v1',
  failurePolicy: 'Deny',
  connectionInfo: { type: 'KubeConfigFile', kubeConfigFile },
};
const parse = (authorizers: object[], more: object = {}) =>
  parseAuthorizationConfiguration(
    JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', authorizers, ...more }),
  );
const RBAC = { type: 'RBAC', name: 'rbac' };
const webhook = (changes: object = {}) => [{ type: 'Webhook', name: 'hook', webhook: { ...WEBHOOK, ...changes } }];
const conditions = (...expressions: string[]) =>
  webhook({
    matchConditionSubjectAccessReviewVersion: 'v1',
    matchConditions: expressions.map((expression) => ({ expression })),
  });

test('a whole file is taken, in its order', () => {
  const hooks = conditions('has(request.resourceAttributes)', "request.user != 'system:admin' && 'devs' in request.groups");
  const { authorizers } = parse([...hooks, RBAC, { ...webhook({ cacheAuthorizedRequests: false })[0], name: 'second' }]);
  expect(authorizers).toMatchObject([
    { type: 'Webhook', webhook: { timeoutMs: 3000, authorizedMs: 300_000, unauthorizedMs: 30_000, failurePolicy: 'Deny' } },
    RBAC,
    { type: 'Webhook', name: 'second', webhook: { authorizedMs: 0, unauthorizedMs: 30_000 } },
  ]);
});

test.each([
  [[], 'authorizers: Required value: at least one authorization mode must be defined'],
  [[{ type: 'ABAC', name: 'x' }], 'authorizers[0].type: Unsupported value: "ABAC"'],
  [[RBAC, { ...RBAC, name: 'y' }], 'authorizers[1].type: Duplicate value: "RBAC"'],
  [[RBAC, { type: 'Node', name: 'rbac' }], 'authorizers[1].name: Duplicate value: "rbac"'],
  [[{ type: 'RBAC' }], 'authorizers[0].name: Required value'],
  [[{ type: 'RBAC', name: 'A_B' }], 'authorizer name is invalid'],
  [[{ ...RBAC, webhook: {} }], 'may only be specified when type=Webhook'],
  [[{ type: 'Webhook', name: 'x' }], 'authorizers[0].webhook: Required value: required when type=Webhook'],
  [[{ ...RBAC, nme: 'x' }], 'unknown field "authorizers[0].nme"'],
  [webhook({ ttl: '1s' }), 'unknown field "authorizers[0].webhook.ttl"'],
  [webhook({ timeout: '31s' }), 'webhook.timeout: Invalid value: "31s": must be > 0s and <= 30s'],
  [webhook({ timeout: undefined }), 'webhook.timeout: Required value'],
  [webhook({ authorizedTTL: 'x' }), 'webhook.authorizedTTL: Invalid value: "x"'],
  [webhook({ unauthorizedTTL: '-1s' }), 'webhook.unauthorizedTTL: Invalid value: "-1s": must be > 0s'],
  [webhook({ subjectAccessReviewVersion: 'v2' }), 'webhook.subjectAccessReviewVersion: Unsupported value: "v2"'],
  [
    webhook({ failurePolicy: 'Allow' }),
    'webhook.failurePolicy: Unsupported value: "Allow": supported values: "NoOpinion", "Deny"',
  ],
  [webhook({ connectionInfo: {} }), 'webhook.connectionInfo.type: Required value'],
  [webhook({ connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: 'k.conf' } }), 'must be an absolute path'],
  [webhook({ connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: `${directory}/none` } }), 'error loading file'],
  [webhook({ connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: directory } }), 'must be a regular file'],
  [webhook({ matchConditions: [{ expression: 'true' }] }), 'required if match conditions are specified'],
  [conditions(''), 'matchConditions[0].expression: Required value'],
  [conditions('true', 'true'), 'matchConditions[1].expression: Duplicate value'],
  [conditions('request.nothing'), 'matchConditions[0].expression: Invalid value: "request.nothing": compilation failed'],
  [conditions('request.user'), 'must evaluate to bool, not string'],
])('%j is refused: %s', (authorizers, message) => expect(() => parse(authorizers)).toThrow(message));

test('another kind of file is refused', () => expect(() => parse([RBAC], { kind: 'Policy' })).toThrow('Policy'));
