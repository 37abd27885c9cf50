import { type AnyObject, apiVersionOf, PROTOBUF_MEDIA, type ResourceDefinition } from '@windlass/meta';
import { allDefinitions } from '@windlass/resources';
import { fromProtobuf, type HttpCall, minimalObjects, toProtobuf, useApiServer } from '@windlass/testkit';

const api = useApiServer();
beforeAll(async () => {
  // Pods ask for it; its controller does not run here.
  const account = { metadata: { name: 'default' } };
  await api.http.call('/api/v1/namespaces/default/serviceaccounts', { method: 'POST', body: account });
}, 60_000);
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const partialAs = (kind: string) => `application/json;as=${kind};v=v1;g=meta.k8s.io`;

/** Without what a protobuf reader cannot tell from absence, or finds where JSON leaves it out: empty texts, numbers, lists and maps. */
const essence = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  const empty = (v: unknown) =>
    v === null || v === '' || v === 0 || v === false || (typeof v === 'object' && Object.keys(v!).length === 0);
  const entries = Object.entries(value).map(([key, child]) => [key, essence(child)] as const);
  return Object.fromEntries(entries.filter(([, child]) => !empty(child)));
};

/** A kind's requests on objects `a` and `b` of its own. */
function kindOf(definition: ResourceDefinition) {
  const { group, version, names, kind, scope } = definition;
  const apiVersion = apiVersionOf(group, version);
  const {
    name = (letter: string) => `verbs-${letter}`,
    body = () => ({}),
    completed = false,
  } = minimalObjects[`${apiVersion} ${names.plural}`] ?? {};
  const root = group ? `/apis/${apiVersion}` : `/api/${version}`;
  const collection = `${root}${scope === 'Namespaced' ? '/namespaces/default' : ''}/${names.plural}`;
  const object = (letter: string, metadata = {}): AnyObject => ({
    kind,
    apiVersion,
    metadata: { name: name(letter), ...metadata },
    ...body(name(letter)),
  });
  const path = (letter: string) => `${collection}/${name(letter)}`;
  const ok = async (url: string, call: HttpCall = {}, code = 200) => {
    const answer = await api.http.call(url, call);
    if (answer.code !== code)
      throw new Error(`${call.method ?? 'GET'} ${url}: ${answer.code} ${answer.bytes.toString().slice(0, 800)}`);
    return answer;
  };
  const json = async (url: string, call?: HttpCall, code?: number) => (await ok(url, call, code)).json;
  return {
    apiVersion,
    collection,
    root,
    object,
    name,
    path,
    ok,
    json,
    completed,
    field: (letter: string) => `?fieldSelector=metadata.name%3D${name(letter)}`,
  };
}

/** Removes what a kind's own finalizers hold: their controllers do not run here. */
async function release(definition: ResourceDefinition, url: string, collection: string): Promise<void> {
  for (let i = 0; i < 50; i++) {
    const { code, json } = await api.http.call(url);
    if (code === 404) return;
    expect(json.metadata.deletionTimestamp).toBeDefined();
    if (definition.termination) await api.http.call(`${url}/finalize`, { method: 'PUT', body: { ...json, spec: {} } });
    else if (!definition.deletionFinalizers)
      await api.http.call(url, {
        method: 'PATCH',
        body: { metadata: { finalizers: null } },
        type: 'application/merge-patch+json',
      });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${url} of ${collection} stays`);
}

const stored = allDefinitions.filter(({ verbs }) => verbs?.includes('create') && verbs.includes('get'));

test('every kind that is stored has an object here', () => {
  expect(stored.map(({ group, version, names }) => `${apiVersionOf(group, version)} ${names.plural}`).sort()).toEqual(
    Object.keys(minimalObjects).sort(),
  );
});

describe.each(
  stored.map((definition) => [`${definition.names.plural}.${definition.version}.${definition.group}`, definition] as const),
)('%s', (_, definition) => {
  const { apiVersion, collection, root, object, name, path, ok, json, completed, field } = kindOf(definition);
  const post = (letter: string, query = '') => ({
    url: collection + query,
    call: { method: 'POST', body: object(letter, { labels: { verbs: letter } }) },
  });
  /** What the object has become once nobody changes it any more. */
  const settled = async (url: string): Promise<AnyObject> => {
    const read = await json(url);
    if (!completed) return read;
    await new Promise((resolve) => setTimeout(resolve, 150));
    return (await json(url)).metadata.resourceVersion === read.metadata.resourceVersion ? read : settled(url);
  };
  const patch = (type: string, body: object, query = '') =>
    json(`${path('a')}?fieldManager=${encodeURIComponent(type)}${query}`, { method: 'PATCH', body, type: `application/${type}` });

  test('create, get, list, forms, update, patches, apply, watch, delete', async () => {
    const { url, call } = post('a');
    const dry = await json(`${url}?dryRun=All`, call, 201);
    expect(dry.metadata.name).toBe(name('a'));
    await ok(path('a'), {}, 404);
    const made = await json(url, call, 201);
    expect(made).toMatchObject({
      kind: definition.kind,
      apiVersion,
      metadata: { uid: expect.any(String), labels: { verbs: 'a' } },
    });
    expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((await json(url, call, 409)).reason).toBe('AlreadyExists');
    const read = await settled(path('a'));
    if (!completed) expect(read).toEqual(made);

    // Defaults and normal forms are idempotent: what was read is written without a change.
    expect(await json(path('a'), { method: 'PUT', body: read })).toEqual(read);

    const { kind: _kind, apiVersion: _apiVersion, ...bare } = read;
    for (const list of [collection, `${root}/${definition.names.plural}`])
      expect(await json(list + field('a'))).toMatchObject({ kind: `${definition.kind}List`, apiVersion, items: [bare] });
    expect((await json(`${collection}?labelSelector=verbs%3Dz`)).items).toEqual([]);

    for (const where of [path('a'), collection + field('a')]) {
      const table = await json(`${where}${where.includes('?') ? '&' : '?'}includeObject=Object`, { accept: TABLE });
      expect(table).toMatchObject({ kind: 'Table', rows: [{ object: read }] });
      const columns = table.columnDefinitions as { name: string; type: string }[];
      const { cells } = (table.rows as { cells: unknown[] }[])[0]!;
      expect(columns.map((column) => column.name)).toContain('Name');
      expect(cells).toHaveLength(columns.length);
    }
    const partial = { kind: 'PartialObjectMetadata', metadata: { name: name('a'), uid: made.metadata.uid } };
    expect(await json(path('a'), { accept: partialAs('PartialObjectMetadata') })).toMatchObject(partial);
    expect(await json(collection + field('a'), { accept: partialAs('PartialObjectMetadataList') })).toMatchObject({
      items: [partial],
    });

    const { resourceVersion } = (await json(collection)).metadata;
    await patch('json-patch+json', [{ op: 'add', path: '/metadata/annotations', value: { json: '1' } }]);
    await patch('merge-patch+json', { metadata: { annotations: { merge: '1' } } });
    await patch('strategic-merge-patch+json', { metadata: { annotations: { strategic: '1' }, finalizers: ['example.com/f'] } });
    const dryPatch = await patch('merge-patch+json', { metadata: { annotations: { dry: '1' } } }, '&dryRun=All');
    expect(dryPatch.metadata.annotations).toMatchObject({ dry: '1' });
    const applied = { kind: definition.kind, apiVersion, metadata: { name: name('a'), annotations: { apply: '1' } } };
    const after = await patch('apply-patch+yaml', { ...object('a'), ...applied }, '&force=true');
    expect(after.metadata.annotations).toMatchObject({ json: '1', merge: '1', strategic: '1', apply: '1' });
    expect(after.metadata.annotations).not.toHaveProperty('dry');
    const managers = (after.metadata.managedFields as { manager: string; operation: string }[]).map(
      (m) => `${m.operation} ${m.manager}`,
    );
    expect(managers).toEqual(expect.arrayContaining(['Apply apply-patch+yaml', 'Update merge-patch+json']));
    const stale = { ...read, metadata: { ...read.metadata, labels: { stale: 'yes' } } };
    expect((await json(path('a'), { method: 'PUT', body: stale }, 409)).reason).toBe('Conflict');
    const updated = await json(path('a'), {
      method: 'PUT',
      body: { ...after, metadata: { ...after.metadata, labels: { verbs: 'u' } } },
    });
    expect(updated.metadata.labels).toMatchObject({ verbs: 'u' });

    await ok(path('a'), { method: 'DELETE', body: { preconditions: { uid: 'other' } } }, 409);
    await ok(`${path('a')}?dryRun=All`, { method: 'DELETE' });
    expect((await json(path('a'))).metadata.deletionTimestamp).toBeUndefined();
    const deleted = await api.http.call(path('a'), { method: 'DELETE' });
    expect([200, 202]).toContain(deleted.code);
    expect((await json(path('a'))).metadata.finalizers).toContain('example.com/f');
    await api.http.call(path('a'), {
      method: 'PATCH',
      body: [{ op: 'remove', path: '/metadata/finalizers' }],
      type: 'application/json-patch+json',
    });
    await release(definition, path('a'), collection);

    // All of that again, as a watcher sees it: in the order of the revisions, from ADDED past the first state to DELETED.
    const ref = {
      group: definition.group,
      version: definition.version,
      resource: definition.names.plural,
      namespaced: definition.scope === 'Namespaced',
    };
    const events: { type: string; revision: number }[] = [];
    const watch = api.server.admin
      .resource(ref)
      .watch({ namespace: 'default', resourceVersion, fieldSelector: `metadata.name=${name('a')}` });
    for await (const batch of watch) {
      for (const { type, object: seen } of batch) {
        expect(seen.metadata.uid).toBe(made.metadata.uid);
        events.push({ type, revision: Number(seen.metadata.resourceVersion) });
      }
      if (events.at(-1)?.type === 'DELETED') break;
    }
    expect(events.slice(0, 5).map(({ type }) => type)).toEqual(Array(5).fill('MODIFIED'));
    expect(events.map(({ revision }) => revision)).toEqual(events.map(({ revision }) => revision).sort((x, y) => x - y));
  });

  test('protobuf round trip, creation by apply, deletion of a collection', async () => {
    const type = PROTOBUF_MEDIA;
    const made = fromProtobuf(
      (
        await ok(
          collection,
          { method: 'POST', body: toProtobuf(object('p', { labels: { verbs: 'p' } })), type, accept: type },
          201,
        )
      ).bytes,
    );
    const read = await settled(path('p'));
    if (!completed) expect(essence(made)).toEqual(essence(read));
    const { bytes } = await ok(path('p'), { accept: type });
    expect(essence(fromProtobuf(bytes))).toEqual(essence(read));
    const put = await ok(path('p'), { method: 'PUT', body: bytes, type, accept: type });
    expect(fromProtobuf(put.bytes).metadata.resourceVersion).toBe(read.metadata.resourceVersion);
    const list = fromProtobuf((await ok(collection + field('p'), { accept: type })).bytes);
    expect(list.kind).toBe(`${definition.kind}List`);
    const { kind: _kind, apiVersion: _apiVersion, ...bare } = read;
    expect(essence((list as unknown as { items: unknown }).items)).toEqual([essence(bare)]);

    const applying = { method: 'PATCH', body: object('q', { labels: { verbs: 'p' } }), type: 'application/apply-patch+yaml' };
    const applied = await json(`${path('q')}?fieldManager=m`, applying, 201);
    expect(applied.metadata.managedFields).toMatchObject([{ manager: 'm', operation: 'Apply' }]);
    const again = await json(`${path('q')}?fieldManager=m`, applying);
    if (!completed) expect(again).toEqual(applied);

    const some = `${collection}?labelSelector=verbs%3Dp`;
    if (definition.verbs?.includes('deletecollection')) {
      await ok(some, { method: 'DELETE' });
    } else {
      await ok(some, { method: 'DELETE' }, 405);
      for (const letter of ['p', 'q']) await api.http.call(path(letter), { method: 'DELETE' });
    }
    for (const letter of ['p', 'q']) await release(definition, path(letter), collection);
  });
});
