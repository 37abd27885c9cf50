import { useApiServer } from '@windlass/testkit';

/** x-kubernetes-validations over HTTP: what a definition may say, and what its objects must hold. */
const api = useApiServer();
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const GROUP = 'rules.example.com';
const definition = (plural: string, spec: object, rest: object = {}) => ({
  metadata: { name: `${plural}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural, kind: `Thing${plural}` },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: STATUS } } },
      },
    ],
    ...rest,
  },
});
const STATUS = {
  type: 'object',
  properties: { ready: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'only grows' }] } },
};
const SIZES = (rule: string) => ({
  type: 'object',
  properties: { min: { type: 'integer' }, max: { type: 'integer' }, note: { type: 'string' } },
  'x-kubernetes-validations': [{ rule, messageExpression: "'min %d is above max %d'.format([self.min, self.max])" }],
});

async function serve(plural: string, spec: object): Promise<string> {
  expect((await api.http.call(DEFINITIONS, { method: 'POST', body: definition(plural, spec) })).code).toBe(201);
  const path = `/apis/${GROUP}/v1/namespaces/default/${plural}`;
  await until(async () => (await api.http.call(path)).code === 200);
  return path;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500 && !(await holds()); i++) await new Promise((resolve) => setTimeout(resolve, 20));
}

const thing = (plural: string, name: string, spec: object) => ({
  apiVersion: `${GROUP}/v1`,
  kind: `Thing${plural}`,
  metadata: { name },
  spec,
});
const merge = (path: string, body: object) =>
  api.http.call(path, { method: 'PATCH', type: 'application/merge-patch+json', body: JSON.stringify(body) });

test('objects hold the rules of their schema; transition rules look at what was', async () => {
  const path = await serve('sizes', SIZES('self.min <= self.max'));
  const refused = await api.http.call(path, { method: 'POST', body: thing('sizes', 'a', { min: 3, max: 2 }) });
  expect([refused.code, refused.json.message, refused.json.details.causes]).toEqual([
    422,
    'Thingsizes.rules.example.com "a" is invalid: spec: Invalid value: min 3 is above max 2',
    [{ reason: 'FieldValueInvalid', message: 'Invalid value: min 3 is above max 2', field: 'spec' }],
  ]);
  expect((await api.http.call(path, { method: 'POST', body: thing('sizes', 'a', { min: 1, max: 2 }) })).code).toBe(201);
  expect((await merge(`${path}/a/status`, { status: { ready: 2 } })).code).toBe(200);
  const shrunk = await merge(`${path}/a/status`, { status: { ready: 1 } });
  expect([shrunk.code, shrunk.json.message]).toEqual([
    422,
    expect.stringContaining('status.ready: Invalid value: 1: only grows'),
  ]);
});

test('a rule that came later does not stop writes that leave the part alone', async () => {
  const path = await serve('laters', SIZES('true'));
  expect((await api.http.call(path, { method: 'POST', body: thing('laters', 'a', { min: 3, max: 2 }) })).code).toBe(201);
  const at = `${DEFINITIONS}/laters.${GROUP}`;
  const changed = await merge(at, { spec: definition('laters', SIZES('self.min <= self.max')).spec });
  expect(changed.code).toBe(200);
  const other = thing('laters', 'b', { min: 3, max: 2 });
  await until(async () => (await api.http.call(`${path}?dryRun=All`, { method: 'POST', body: other })).code === 422);
  expect((await merge(`${path}/a`, { metadata: { labels: { touched: 'yes' } } })).code).toBe(200);
  expect((await merge(`${path}/a`, { spec: { note: 'n' } })).json.message).toContain('min 3 is above max 2');
});

test('expressions that do not compile are refused with the definition', async () => {
  const refused = await api.http.call(DEFINITIONS, {
    method: 'POST',
    body: definition('wrongs', SIZES('self.min <= self.bogus')),
  });
  expect([refused.code, refused.json.message]).toEqual([
    422,
    expect.stringContaining("compilation failed: ERROR: <input>:1:17: undefined field 'bogus'"),
  ]);
});
