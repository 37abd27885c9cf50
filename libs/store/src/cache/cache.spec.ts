import { CachedEvent, frameOf } from './cached-event.ts';
import { CachedObject } from './cached-object.ts';
import { coalesced } from './coalesce.ts';
import { History } from './history.ts';
import { lowerBound, rangeOf } from './sorted.ts';
import { withRevision } from './splice.ts';

describe('withRevision', () => {
  test.each([
    ['{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x"},"spec":{}}', true],
    ['{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"}}', true],
    ['{"metadata":{"name":"x"},"data":{"metadata":"{}"}}', true],
    ['{"kind":"Pod","apiVersion":"v1","metadata":{}}', true],
    ['{"spec":{"template":{"metadata":{"name":"inner"}}},"kind":"Pod","metadata":{"name":"x"}}', false],
    ['{"kind":"Odd \\"kind\\"","metadata":{"name":"x"}}', false],
    ['{"data":{}}', false],
    ['{ "kind": "Pod", "metadata": { "name": "ü" } }', false],
  ])('%s', (text) => {
    const { text: spliced, bareFrom } = withRevision(text, 42);
    const { kind, apiVersion, ...rest } = JSON.parse(text);
    const header = Object.fromEntries(Object.entries({ kind, apiVersion }).filter(([, value]) => /^[\w./-]+$/.test(value ?? '')));
    const expected = { ...rest, metadata: { ...rest.metadata, resourceVersion: '42' } };
    expect(JSON.parse(spliced)).toEqual({ ...header, ...expected });
    expect(JSON.parse(`{${spliced.slice(bareFrom)}`)).toEqual(expected);
  });
});

const pod = (name: string, revision: number, extra = {}) =>
  new CachedObject(
    `/core/pods/a/${name}`,
    revision,
    JSON.stringify({ kind: 'Pod', apiVersion: 'v1', metadata: { name }, spec: { text: 'ü' }, ...extra }),
  );

test('parts of the kept bytes: without types, metadata alone', () => {
  const object = pod('b', 2);
  expect(JSON.parse(object.bytes.toString())).toEqual(object.object);
  expect(JSON.parse(`{${object.bare}`)).toEqual({ metadata: { name: 'b', resourceVersion: '2' }, spec: { text: 'ü' } });
  expect(JSON.parse(object.metadata.toString())).toEqual({ name: 'b', resourceVersion: '2' });
});

test('a changed clone leaves the shared object alone', () => {
  const object = pod('a', 1);
  const clone = object.clone();
  clone.metadata.name = 'other';
  expect(object.object.metadata.name).toBe('a');
  object.release();
  expect(object.object.metadata).toEqual({ name: 'a', resourceVersion: '1' });
});

test('the frame of an event, and what a watcher hears when an object leaves its selector', () => {
  const event = new CachedEvent('MODIFIED', pod('a', 7), pod('a', 3, { involved: { resourceVersion: '3', x: 1 } }));
  expect(event.frame().toString()).toBe(`{"type":"MODIFIED","object":${pod('a', 7).bytes}}\n`);
  expect(event.frame()).toBe(event.frame());
  const left = event.left()!;
  expect(left.object).toEqual({ ...pod('a', 7).object, involved: { resourceVersion: '3', x: 1 } });
  expect(JSON.parse(frameOf('DELETED', left).toString()).type).toBe('DELETED');
});

test('ranges of a sorted list', () => {
  const items = ['/c/p/a-b/x', '/c/p/a/x', '/c/p/a/y', '/c/p/a/z', '/c/p/b/x'].map((key) => ({ key }));
  const keys = (prefix: string, after?: string) => items.slice(...rangeOf(items, prefix, after)).map(({ key }) => key.slice(5));
  expect(lowerBound(items, '/c/p/a/y')).toBe(2);
  expect(keys('/c/p/')).toHaveLength(5);
  expect(keys('/c/p/a/')).toEqual(['a/x', 'a/y', 'a/z']);
  expect(keys('/c/p/a/', '/c/p/a/x')).toEqual(['a/y', 'a/z']);
  expect(keys('/c/p/a/', '/c/p/a/w')).toEqual(['a/x', 'a/y', 'a/z']);
  expect(keys('/c/p/a/', '/c/p/b/x')).toEqual([]);
  expect(keys('/c/p/a/', '/a')).toEqual(['a/x', 'a/y', 'a/z']);
  expect(keys('/c/p/a/y')).toEqual(['a/y']);
  expect(keys('/c/p/a/y', '/c/p/a/y')).toEqual([]);
  expect(keys('/c/p/a/q')).toEqual([]);
});

test('history keeps what fits and knows what it lost', () => {
  const history = new History(10, { events: 3, bytes: 1e6 });
  expect(history.after(10)).toEqual([]);
  for (let revision = 11; revision <= 15; revision++) history.add(new CachedEvent('ADDED', pod('a', revision), undefined));
  expect(history.floor).toBe(12);
  expect(history.after(12).map((event) => event.revision)).toEqual([13, 14, 15]);
  expect(history.after(14).map((event) => event.revision)).toEqual([15]);
  const small = new History(0, { events: 100, bytes: 250 });
  for (let revision = 1; revision <= 5000; revision++) small.add(new CachedEvent('ADDED', pod('a', revision), undefined));
  expect(small.after(small.floor).length).toBe(5000 - small.floor);
  expect(small.floor).toBeGreaterThan(4990);
});

test('a coalesced question is asked after each caller came', async () => {
  let asked = 0;
  const answers: ((value: number) => void)[] = [];
  const ask = coalesced(() => {
    asked++;
    return new Promise<number>((resolve) => answers.push(resolve));
  });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
  const first = [ask(), ask()];
  await turn();
  expect(asked).toBe(1);
  const second = [ask(), ask()];
  await turn();
  expect(asked).toBe(1);
  answers[0]!(1);
  expect(await Promise.all(first)).toEqual([1, 1]);
  await turn();
  expect(asked).toBe(2);
  answers[1]!(2);
  expect(await Promise.all(second)).toEqual([2, 2]);
  const failing = coalesced(() => Promise.reject(new Error('no')));
  await expect(failing()).rejects.toThrow('no');
  await expect(failing()).rejects.toThrow('no');
});
