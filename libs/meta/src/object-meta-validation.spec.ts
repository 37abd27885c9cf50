import { fieldErrorMessage } from './field-errors.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta-validation.ts';

const messages = (errors: ReturnType<typeof validateObjectMeta>) => errors.map(fieldErrorMessage);

test.each([
  [{ namespace: 'n' }, ['metadata.name: Required value: name or generateName is required']],
  [{ name: 'a' }, ['metadata.namespace: Required value']],
  [{ name: 'a', namespace: 'n', generateName: 'a-' }, []],
  [
    { name: '1.x', namespace: 'n', generateName: 'x.' },
    [
      `metadata.generateName: Invalid value: "x.": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`.replace(
        '\\\\',
        '\\',
      ),
    ],
  ],
  [
    { name: 'a', namespace: 'n', labels: { 'bad key!': 'v' } },
    [
      `metadata.labels: Invalid value: "bad key!": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  ],
])('%j', (meta, expected) => {
  expect(messages(validateObjectMeta(meta, true, undefined))).toEqual(expected);
});

test('updates keep identity', () => {
  const old = {
    name: 'a',
    namespace: 'n',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2020-01-01T00:00:00Z',
    deletionTimestamp: '2020-01-01T00:00:00Z',
  };
  expect(messages(validateObjectMetaUpdate({ ...old, uid: 'x', finalizers: ['example.com/c'] }, old))).toEqual([
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/c"}',
    'metadata.uid: Invalid value: "x": field is immutable',
  ]);
});
