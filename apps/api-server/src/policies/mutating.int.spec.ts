import type { AnyObject } from '@windlass/meta';
import { useApiServer } from '@windlass/testkit';

const api = useApiServer();
const of = (group: string, resource: string, kind: string, namespaced: boolean) =>
  api.server.admin.resource<AnyObject>({ group, version: 'v1', resource, namespaced, kind });
const policies = () => of('admissionregistration.k8s.io', 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy', false);
const bindings = () =>
  of('admissionregistration.k8s.io', 'mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', false);
const configMaps = () => of('', 'configmaps', 'ConfigMap', true);
const configMap = (name: string, data: object = {}) =>
  ({ metadata: { name, namespace: 'default' }, data }) as unknown as AnyObject;
const deployment = (name: string) =>
  ({
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'main', image: 'x' }] } },
    },
  }) as unknown as AnyObject;

const on = (apiGroup: string, resource: string) => ({
  resourceRules: [{ apiGroups: [apiGroup], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: [resource] }],
});
const jsonPatch = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
const apply = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });

/** Runs `body` while policies with these specs, by name, stand. */
async function bound(specs: Record<string, object>, body: () => Promise<void>): Promise<void> {
  for (const [name, spec] of Object.entries(specs)) {
    const whole = { failurePolicy: 'Fail', reinvocationPolicy: 'Never', matchConstraints: on('', 'configmaps'), ...spec };
    await policies().create({ metadata: { name }, spec: whole } as unknown as AnyObject);
    await bindings().create({ metadata: { name: `${name}-b` }, spec: { policyName: name } } as unknown as AnyObject);
  }
  try {
    await body();
  } finally {
    for (const name of Object.keys(specs)) {
      await bindings().delete({ name: `${name}-b` });
      await policies().delete({ name });
    }
  }
}

test('an ApplyConfiguration merges lists by their keys; what it adds is defaulted and nobody owns it', async () => {
  const expression = `Object{
    metadata: Object.metadata{labels: {"team": request.userInfo.username}},
    spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{
      containers: [Object.spec.template.spec.containers{name: "side", image: "y", ports: [
        Object.spec.template.spec.containers.ports{containerPort: 80}]}]}}}}`;
  await bound({ p: { matchConstraints: on('apps', 'deployments'), mutations: [apply(expression)] } }, async () => {
    const made = await of('apps', 'deployments', 'Deployment', true).create(deployment('merged'));
    expect(made.metadata.labels).toEqual({ team: 'admin' });
    expect(made.spec.template.spec.containers).toMatchObject([
      { name: 'main', image: 'x' },
      { name: 'side', image: 'y', imagePullPolicy: 'Always', ports: [{ containerPort: 80, protocol: 'TCP' }] },
    ]);
    expect(JSON.stringify(made.metadata.managedFields)).not.toContain('side');
  });
});

test('a JSONPatch adds, escapes keys, builds objects and leaves all as it was when a test of it fails', async () => {
  const patches = {
    a: {
      mutations: [
        jsonPatch(`[JSONPatch{op: "add", path: "/metadata/annotations", value: {}},
          JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("example.com/a"), value: object.data.x + "!"}]`),
      ],
    },
    b: {
      mutations: [jsonPatch('[JSONPatch{op: "test", path: "/data/x", value: "no"}, JSONPatch{op: "remove", path: "/data"}]')],
    },
  };
  await bound(patches, async () => {
    const made = await configMaps().create(configMap('patched', { x: '1' }));
    expect(made).toMatchObject({ metadata: { annotations: { 'example.com/a': '1!' } }, data: { x: '1' } });
  });
});

test('policies follow the order of their names; one that wants to is asked again after later changes', async () => {
  const add = (key: string, value: string) => jsonPatch(`[JSONPatch{op: "add", path: "/data/${key}", value: ${value}}]`);
  const specs = {
    a: { reinvocationPolicy: 'IfNeeded', mutations: [add('a', 'string(object.data.size())')] },
    b: { mutations: [add('b', 'object.data.a')], variables: [] },
    c: { mutations: [add('c', '"once"'), add('d', 'object.data.c')] },
  };
  await bound(specs, async () => {
    const made = await configMaps().create(configMap('ordered', { x: '' }));
    expect(made.data).toEqual({ x: '', a: '5', b: '1', c: 'once', d: 'once' });
  });
});

const FAILURES: [string, object, string][] = [
  [
    'a field that is not there',
    { mutations: [jsonPatch('[JSONPatch{op: "add", path: "/data/a", value: object.data.nope}]')] },
    `expression '[JSONPatch{op: "add", path: "/data/a", value: object.data.nope}]' resulted in error: no such key: nope`,
  ],
  [
    'a list that is atomic',
    {
      matchConstraints: on('apps', 'deployments'),
      mutations: [apply('Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {"l": "v"}}}}')],
    },
    'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.selector',
  ],
  [
    'a field that the kind does not have',
    { matchConstraints: on('apps', 'deployments'), mutations: [apply('Object{spec: Object.spec{replicasx: 1}}')] },
    'error applying patch: failed to convert patch object to typed object: .spec.replicasx: field not declared in schema',
  ],
  [
    'an object of another name',
    { matchConstraints: on('apps', 'deployments'), mutations: [apply('Object{spec: Object.specx{replicas: 1}}')] },
    'type mismatch: unexpected type name "Object.specx", expected "Object.spec", which matches field name path from root Object type',
  ],
  [
    'a condition that cannot be evaluated',
    {
      matchConditions: [{ name: 'c', expression: 'object.data.nope == ""' }],
      mutations: [jsonPatch('[JSONPatch{op: "remove", path: "/data"}]')],
    },
    `expression 'object.data.nope == ""' resulted in error: no such key: nope`,
  ],
];

test.each(FAILURES)('%s fails closed, or open', async (_, spec, message) => {
  const create = () =>
    'matchConstraints' in spec
      ? of('apps', 'deployments', 'Deployment', true).create(deployment('failing'), { dryRun: true })
      : configMaps().create(configMap('failing', { x: '' }), { dryRun: true });
  await bound({ p: spec }, async () => {
    const text = `policy 'p' with binding 'p-b' denied request: ${message}`;
    await expect(create()).rejects.toMatchObject({
      code: 403,
      status: { message: text, reason: 'Invalid', details: { causes: [{ message: text }] } },
    });
  });
  await bound({ p: { ...spec, failurePolicy: 'Ignore' } }, async () => {
    await create();
  });
});
