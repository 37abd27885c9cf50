import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyObject } from '@windlass/meta';
import { createClient } from './client.ts';
import { isGone, isNotFound, NetworkError } from './errors.ts';
import { Informer } from './informer.ts';

const PODS = { group: '', version: 'v1', resource: 'pods', namespaced: true, kind: 'Pod' };
const pod = (name: string, resourceVersion: string, uid = `uid-${name}`): AnyObject => ({
  metadata: { name, namespace: 'ns', uid, resourceVersion, managedFields: [{ manager: 'x' }] },
});

/** A scripted API server: list pages by continue token, watch streams that the test feeds. */
async function startFake() {
  const fake = {
    pages: [[pod('a', '1')], [pod('b', '2')]] as AnyObject[][],
    revision: '5',
    watches: [] as { url: URL; response: http.ServerResponse }[],
    lists: 0,
    watchAnswer: undefined as undefined | ((response: http.ServerResponse) => void),
    send: (type: string, object: unknown) => fake.watches.at(-1)?.response.write(`${JSON.stringify({ type, object })}\n`),
    url: '',
    close: async () => {},
  };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    response.setHeader('content-type', 'application/json');
    if (url.pathname.endsWith('/missing')) {
      response.statusCode = 404;
      response.end(JSON.stringify({ kind: 'Status', code: 404, reason: 'NotFound', message: 'pods "missing" not found' }));
    } else if (url.searchParams.get('watch')) {
      if (fake.watchAnswer) return fake.watchAnswer(response);
      response.flushHeaders();
      fake.watches.push({ url, response });
    } else {
      if (!url.searchParams.get('continue')) fake.lists++;
      const page = Number(url.searchParams.get('continue') ?? 0);
      const next = page + 1 < fake.pages.length ? String(page + 1) : undefined;
      response.end(JSON.stringify({ metadata: { resourceVersion: fake.revision, continue: next }, items: fake.pages[page] }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return fake;
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 3000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('Informer', () => {
  let fake: Awaited<ReturnType<typeof startFake>>;
  let stop: AbortController;
  let seen: string[];
  let informer: Informer<AnyObject>;
  let client: ReturnType<typeof createClient>;

  beforeEach(async () => {
    fake = await startFake();
    stop = new AbortController();
    seen = [];
    client = createClient({ server: fake.url });
    informer = new Informer(client.resource(PODS), {
      stallMs: 400,
      indexers: { revision: (o) => [o.metadata.resourceVersion as string] },
    });
    informer.addHandler({
      add: (o, initial) => seen.push(`+${o.metadata.name}${initial ? '!' : ''}`),
      update: (old, o) => seen.push(`~${o.metadata.name} ${old.metadata.resourceVersion}→${o.metadata.resourceVersion}`),
      delete: (o) => seen.push(`-${o.metadata.name}`),
    });
    void informer.start(stop.signal);
    await informer.synced();
    await until(() => fake.watches.length === 1);
  });
  afterEach(async () => {
    stop.abort();
    client.close();
    await fake.close();
  });

  it('lists all pages, drops managedFields, stamps the kind and watches from the list revision', () => {
    expect(seen).toEqual(['+a!', '+b!']);
    expect(informer.store.get('ns/a')).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'ns', uid: 'uid-a', resourceVersion: '1' },
    });
    expect(fake.watches[0]?.url.searchParams.get('resourceVersion')).toBe('5');
    expect(informer.store.inNamespace('ns')).toHaveLength(2);
  });

  it('applies events and keeps indexes true', async () => {
    fake.send('MODIFIED', pod('a', '6'));
    fake.send('DELETED', pod('b', '7'));
    fake.send('ADDED', pod('c', '8'));
    await until(() => seen.length === 5);
    expect(seen.slice(2)).toEqual(['~a 1→6', '-b', '+c']);
    expect(informer.store.byIndex('revision', '1')).toEqual([]);
    expect(informer.store.byIndex('revision', '6').map((o) => o.metadata.name)).toEqual(['a']);
  });

  it('tells a recreated object as a deletion and an addition', async () => {
    fake.send('MODIFIED', pod('a', '9', 'other'));
    await until(() => seen.length === 4);
    expect(seen.slice(2)).toEqual(['-a', '+a']);
  });

  it('resumes at the last bookmark when the stream ends', async () => {
    fake.send('BOOKMARK', { metadata: { resourceVersion: '42' } });
    await until(() => informer.revision === '42');
    fake.watches[0]?.response.end();
    await until(() => fake.watches.length === 2);
    expect(fake.watches[1]?.url.searchParams.get('resourceVersion')).toBe('42');
    expect(fake.lists).toBe(1);
  });

  it('opens a stalled stream anew', async () => {
    await until(() => fake.watches.length >= 2);
    expect(fake.lists).toBe(1);
  });

  it('lists anew after 410 and reports only the difference', async () => {
    fake.pages = [[pod('a', '1'), pod('d', '50')]];
    fake.revision = '60';
    fake.send('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
    await until(() => fake.watches.length === 2);
    expect(seen.slice(2)).toEqual(['+d', '-b']);
    expect(fake.watches[1]?.url.searchParams.get('resourceVersion')).toBe('60');
  });

  it('gives late handlers what is there', () => {
    const late: string[] = [];
    informer.addHandler({ add: (o) => late.push(o.metadata.name as string) });
    expect(late).toEqual(['a', 'b']);
  });

  it('makes errors of answers and of their absence', async () => {
    const pods = client.resource(PODS);
    const missing = await pods.get({ namespace: 'ns', name: 'missing' }).catch((e) => e);
    expect([isNotFound(missing), isGone(missing), missing.message]).toEqual([true, false, 'pods "missing" not found']);
    const closed = createClient({ server: 'http://127.0.0.1:1' });
    const refused = await closed
      .resource(PODS)
      .create(pod('x', ''))
      .catch((e) => e);
    expect([refused instanceof NetworkError, refused.code]).toEqual([true, 'ECONNREFUSED']);
  });
});
