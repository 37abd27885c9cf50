import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AnyObject } from '@windlass/meta';
import { startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';

const root = path.resolve(import.meta.dirname, '..');
const text = (file: string) => readFileSync(path.join(root, file), 'utf8');
const documents = (file: string) =>
  parseAllDocuments(text(file))
    .map((document) => document.toJS() as AnyObject | null)
    .filter((object): object is AnyObject => object !== null);

let server: TestApiServer;
beforeAll(async () => {
  server = await startTestApiServer();
});
afterAll(async () => {
  await server.stop();
  await stopDatabases();
});

/** Creates an object with strict field validation; namespaces that are there already are fine. */
async function create(object: AnyObject): Promise<void> {
  const { resources } = await server.admin.discover();
  const found = resources.find(
    (r) => r.kind === object.kind && (r.group ? `${r.group}/${r.version}` : r.version) === object.apiVersion,
  )!;
  expect(found).toBeDefined();
  const base = found.group ? `/apis/${found.group}/${found.version}` : `/api/${found.version}`;
  const within = found.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
  const query = `fieldValidation=Strict${object.kind === 'Namespace' ? '' : '&dryRun=All'}`;
  await server.admin
    .request({ method: 'POST', path: `${base}${within}/${found.resource}?${query}`, body: object })
    .catch((error: { status?: { reason?: string } }) => {
      if (error.status?.reason !== 'AlreadyExists') throw error;
    });
}

test.each([
  ['manifests/examples/hello.yaml', 2],
  ['manifests/control-plane.yaml', 4],
  ['helm/check/all-values.rendered.yaml', 4],
])('the API server accepts every object of %s', async (file, count) => {
  const objects = documents(file);
  expect(objects).toHaveLength(count);
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'windlass-system' } });
  for (const object of objects) await create(object);
});

test("the chart's schema takes its values and names what is wrong with others", () => {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(text('helm/windlass/values.schema.json')));
  const values = () => parse(text('helm/windlass/values.yaml'));
  expect(validate(values()) || validate.errors).toBe(true);
  expect(validate({ ...values(), ...parse(text('helm/check/all-values.yaml')) }) || validate.errors).toBe(true);
  expect(validate({ ...values(), cluster: { name: 'Bad Name', podCidr: 'x', serviceCidr: '10.0.0.0/16' } })).toBe(false);
  expect(validate.errors?.map((error) => error.instancePath)).toEqual(['/cluster/name', '/cluster/podCidr']);
});
