import type { AnyObject } from '@windlass/meta';
import { ADMIN_TOKEN, rawRequest, useApiServer } from '@windlass/testkit';

const api = useApiServer();
const GROUP = 'admissionregistration.k8s.io';
const policies = () =>
  api.server.admin.resource<AnyObject>({
    group: GROUP,
    version: 'v1',
    resource: 'validatingadmissionpolicies',
    namespaced: false,
    kind: 'ValidatingAdmissionPolicy',
  });
const bindings = () =>
  api.server.admin.resource<AnyObject>({
    group: GROUP,
    version: 'v1',
    resource: 'validatingadmissionpolicybindings',
    namespaced: false,
    kind: 'ValidatingAdmissionPolicyBinding',
  });
const configMaps = () =>
  api.server.admin.resource<AnyObject>({ group: '', version: 'v1', resource: 'configmaps', namespaced: true, kind: 'ConfigMap' });
const configMap = (name: string, data: object = {}, labels: object = {}) =>
  ({ metadata: { name, namespace: 'default', labels }, data }) as unknown as AnyObject;

const post = (path: string, body: object) =>
  rawRequest(api.server, { method: 'POST', path, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } }, body);

const ON_CONFIG_MAPS = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }],
};
const PARAMS = { apiVersion: 'v1', kind: 'ConfigMap' };

/** Runs `body` while a policy with these fields, bound with those, stands. */
async function bound(spec: object, binding: object, body: () => Promise<void>): Promise<void> {
  const metadata = { name: 'p' };
  await policies().create({ metadata, spec: { matchConstraints: ON_CONFIG_MAPS, ...spec } } as unknown as AnyObject);
  const bindingSpec = { policyName: 'p', validationActions: ['Deny'], ...binding };
  await bindings().create({ metadata: { name: 'b' }, spec: bindingSpec } as unknown as AnyObject);
  try {
    await body();
  } finally {
    await bindings().delete({ name: 'b' });
    await policies().delete({ name: 'p' });
  }
}

const SMALL = { expression: 'object.data.size() < 2' };
const refusal = (message: string) => `ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${message}`;
let count = 0;

test.each<[string, object, object, AnyObject, string | undefined]>([
  [
    'what fails, in its own words',
    { validations: [SMALL] },
    {},
    configMap('', { a: '', b: '' }),
    'failed expression: object.data.size() < 2',
  ],
  ['what passes', { validations: [SMALL] }, {}, configMap('', { a: '' }), undefined],
  ['a message', { validations: [{ ...SMALL, message: ' too big ' }] }, {}, configMap('', { a: '', b: '' }), 'too big'],
  [
    'a messageExpression before the message, with variables',
    {
      variables: [
        { name: 'n', expression: 'object.data.size()' },
        { name: 'twice', expression: 'variables.n * 2' },
      ],
      validations: [
        { expression: 'variables.twice < 4', message: 'm', messageExpression: '"twice is " + string(variables.twice)' },
      ],
    },
    {},
    configMap('', { a: '', b: '' }),
    'twice is 4',
  ],
  [
    'a messageExpression that fails gives way to the message',
    { validations: [{ ...SMALL, message: 'm', messageExpression: 'object.data.nope' }] },
    {},
    configMap('', { a: '', b: '' }),
    'm',
  ],
  [
    'an expression that cannot be evaluated fails closed',
    { validations: [{ expression: 'object.data.nope == ""' }] },
    {},
    configMap('', { a: '' }),
    'expression \'object.data.nope == ""\' resulted in error: no such key: nope',
  ],
  [
    'or open',
    { failurePolicy: 'Ignore', validations: [{ expression: 'object.data.nope == ""' }] },
    {},
    configMap('', { a: '' }),
    undefined,
  ],
  [
    'a variable that cannot be evaluated',
    { variables: [{ name: 'v', expression: 'object.data.nope' }], validations: [{ expression: 'variables.v == ""' }] },
    {},
    configMap('', { a: '' }),
    `expression 'variables.v == ""' resulted in error: composited variable "v" fails to evaluate: no such key: nope`,
  ],
  [
    'a variable that nobody asks for costs nothing',
    { variables: [{ name: 'v', expression: 'object.data.nope' }], validations: [{ expression: 'true || variables.v == ""' }] },
    {},
    configMap('', { a: '' }),
    undefined,
  ],
  [
    'a matchCondition that is false',
    { matchConditions: [{ name: 'c', expression: 'object.metadata.name == "other"' }], validations: [{ expression: 'false' }] },
    {},
    configMap('', {}),
    undefined,
  ],
  [
    'the namespace, the request and the authorizer',
    {
      validations: [
        {
          expression:
            'namespaceObject.metadata.name == "default" && request.operation == "CREATE" && oldObject == null && authorizer.group("").resource("pods").namespace("default").check("list").allowed() && request.userInfo.username != ""',
        },
      ],
    },
    {},
    configMap('', {}),
    undefined,
  ],
  [
    'an object selector',
    {
      matchConstraints: { ...ON_CONFIG_MAPS, objectSelector: { matchLabels: { on: 'yes' } } },
      validations: [{ expression: 'false' }],
    },
    {},
    configMap('', {}),
    undefined,
  ],
  [
    'a namespace selector of the binding',
    { validations: [{ expression: 'false' }] },
    { matchResources: { namespaceSelector: { matchLabels: { on: 'yes' } } } },
    configMap('', {}),
    undefined,
  ],
  [
    'rules that leave out',
    {
      matchConstraints: { ...ON_CONFIG_MAPS, excludeResourceRules: ON_CONFIG_MAPS.resourceRules },
      validations: [{ expression: 'false' }],
    },
    {},
    configMap('', {}),
    undefined,
  ],
  [
    'too much work',
    {
      validations: [
        { expression: 'object.data.all(a, object.data.all(b, object.data.all(c, object.data.all(d, a + b + c + d != ""))))' },
      ],
    },
    {},
    configMap('', Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, '']))),
    'expression \'object.data.all(a, object.data.all(b, object.data.all(c, object.data.all(d, a + b + c + d != ""))))\' resulted in error: operation cancelled: actual cost limit exceeded',
  ],
])('%s', async (_, spec, binding, object, message) => {
  object.metadata.name = `c${count++}`;
  await bound(spec, binding, async () => {
    const made = configMaps().create(object);
    if (message === undefined) await made;
    else {
      const text = `configmaps "${object.metadata.name}" is forbidden: ${refusal(message)}`;
      await expect(made).rejects.toMatchObject({
        code: 422,
        status: {
          reason: 'Invalid',
          message: text,
          details: { name: object.metadata.name, kind: 'configmaps', causes: [{ message: refusal(message) }] },
        },
      });
    }
  });
});

test.each([
  ['Forbidden', 403],
  ['Unauthorized', 401],
  ['RequestEntityTooLarge', 413],
])('reason %s is told as %i', async (reason, code) => {
  await bound({ validations: [{ expression: 'false', reason }] }, {}, async () => {
    await expect(configMaps().create(configMap('reason'))).rejects.toMatchObject({ code, status: { reason } });
  });
});

test('Warn and Audit let the request pass; the client is warned', async () => {
  const validations = [{ expression: 'false', message: 'beware' }];
  await bound({ validations }, { validationActions: ['Warn', 'Audit'] }, async () => {
    const answer = await post('/api/v1/namespaces/default/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'warned' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.warning).toContain("Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': beware");
  });
});

describe('parameters', () => {
  const validations = [
    { expression: 'params == null || object.data.size() <= int(params.data.max)', messageExpression: '"max " + params.data.max' },
  ];
  const spec = { paramKind: PARAMS, validations };
  beforeAll(async () => {
    await configMaps().create(configMap('max-1', { max: '1' }, { role: 'limit' }));
    await configMaps().create(configMap('max-2', { max: '2' }, { role: 'limit' }));
  });
  const two = () => configMap(`two-${count++}`, { a: '', b: '' });

  test('by name, by selector, none', async () => {
    await bound(spec, { paramRef: { name: 'max-2', parameterNotFoundAction: 'Deny' } }, async () => {
      await configMaps().create(two());
    });
    const selector = { matchLabels: { role: 'limit' } };
    await bound(spec, { paramRef: { selector, parameterNotFoundAction: 'Deny' } }, async () => {
      await expect(configMaps().create(two())).rejects.toThrow(refusal('max 1'));
    });
    await bound(spec, {}, async () => {
      await configMaps().create(two());
    });
  });

  test.each([
    ['Deny', 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction'],
    ['Allow', undefined],
  ])('not found: %s', async (parameterNotFoundAction, message) => {
    await bound(spec, { paramRef: { name: 'none', parameterNotFoundAction } }, async () => {
      const made = configMaps().create(two());
      if (message) await expect(made).rejects.toThrow(refusal(message));
      else await made;
    });
  });

  test('of a kind that nobody serves', async () => {
    const unknown = { ...spec, paramKind: { apiVersion: 'example.com/v1', kind: 'Nope' } };
    await bound(unknown, { paramRef: { name: 'x', parameterNotFoundAction: 'Allow' } }, async () => {
      await expect(configMaps().create(two())).rejects.toThrow(
        "ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'example.com/v1, Kind=Nope'",
      );
    });
  });
});

test('a policy for one version of a resource sees requests of another in it', async () => {
  const rule = {
    apiGroups: ['autoscaling'],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['horizontalpodautoscalers'],
  };
  const autoscaler = (name: string) => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    },
  });
  const path = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  const validations = [{ expression: 'object.spec.targetCPUUtilizationPercentage < 50', message: 'too late' }];
  await bound({ matchConstraints: { resourceRules: [rule] }, validations }, {}, async () => {
    const answer = await post(path, autoscaler('equivalent'));
    expect(answer.status).toBe(422);
  });
  await bound({ matchConstraints: { resourceRules: [rule], matchPolicy: 'Exact' }, validations }, {}, async () => {
    const answer = await post(path, autoscaler('exact'));
    expect(answer.status).toBe(201);
  });
});
