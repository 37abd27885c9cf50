import { parseEncryptionConfiguration } from './configuration.ts';
import { encryption } from './transformer.ts';

const key = (name: string, length = 32) => ({ name, secret: Buffer.alloc(length, name).toString('base64') });
const SECRETS = ['secrets'];
const parse = (resources: object[], more: object = {}) =>
  parseEncryptionConfiguration(
    JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources, ...more }),
  );
const kept = (...providers: object[]) => encryption(parse([{ resources: SECRETS, providers }]));
const gcm = (...keys: object[]) => ({ aesgcm: { keys } });
const cbc = (...keys: object[]) => ({ aescbc: { keys } });
const identity = { identity: {} };
const AT = '/core/secrets/a/one';

test.each([
  ['aesgcm', gcm(key('k')), 'k8s:enc:aesgcm:v1:k:'],
  ['aesgcm, 128 bits', gcm(key('k', 16)), 'k8s:enc:aesgcm:v1:k:'],
  ['aescbc', cbc(key('k')), 'k8s:enc:aescbc:v1:k:'],
])('%s opens what it sealed, and never seals alike', (_, provider, prefix) => {
  const transformer = kept(provider);
  const text = '{"data":"é€"}';
  const [a, b] = [transformer.write(AT, text), transformer.write(AT, text)];
  expect(a.startsWith(prefix)).toBe(true);
  expect(a).not.toBe(b);
  expect(a).not.toContain('data');
  expect([transformer.read(AT, a), transformer.read(AT, b)]).toEqual([text, text]);
  expect(transformer.isStale(AT, a)).toBe(false);
});

test('a sealed text is of use under its own key only, and not when it was changed', () => {
  const transformer = kept(gcm(key('k')));
  const sealed = transformer.write(AT, 'text');
  expect(() => transformer.read('/core/secrets/a/two', sealed)).toThrow('/core/secrets/a/two cannot be decrypted');
  const prefix = 'k8s:enc:aesgcm:v1:k:';
  const bytes = Buffer.from(sealed.slice(prefix.length), 'base64');
  bytes[14]! ^= 1;
  expect(() => transformer.read(AT, prefix + bytes.toString('base64'))).toThrow('cannot be decrypted');
  expect(() => transformer.read(AT, `${prefix}eA==`)).toThrow('too short');
});

test('keys are rotated: the first writes, all read, and the others are stale', () => {
  const before = kept(gcm(key('old')), identity);
  const after = kept(gcm(key('new'), key('old')), identity);
  const [old, plain] = [before.write(AT, 'text'), '{"plain":1}'];
  expect([after.read(AT, old), after.read(AT, plain)]).toEqual(['text', plain]);
  expect([after.isStale(AT, old), after.isStale(AT, plain), after.isStale(AT, after.write(AT, 'x'))]).toEqual([
    true,
    true,
    false,
  ]);
  expect(() => kept(gcm(key('new'))).read(AT, old)).toThrow('does not name: aesgcm:v1:old');
  expect(() => kept(gcm(key('new'))).read(AT, plain)).toThrow('has no provider identity');
  expect(() => kept(gcm({ ...key('x'), name: 'old' })).read(AT, old)).toThrow('cannot be decrypted');
  const off = kept(identity, gcm(key('old')));
  expect([off.write(AT, 'text'), off.isStale(AT, old), off.isStale(AT, plain)]).toEqual(['text', true, false]);
});

test.each([
  ['secrets', '/core/secrets/a/x', true],
  ['secrets', '/core/configmaps/a/x', false],
  ['secrets', '/example.com/secrets/a/x', false],
  ['deployments.apps', '/apps/deployments/a/x', true],
  ['*.apps', '/apps/daemonsets/a/x', true],
  ['*.apps', '/core/pods/a/x', false],
  ['*.', '/core/pods/a/x', true],
  ['*.', '/apps/deployments/a/x', false],
  ['*.*', '/apps/deployments/a/x', true],
])('%s is about %s: %s', (resource, at, is) => {
  const transformer = encryption(parse([{ resources: [resource], providers: [gcm(key('k'))] }]));
  expect(transformer.write(at, '{}').startsWith('k8s:enc:')).toBe(is);
});

test('the first entry that names a resource holds', () => {
  const resources = [
    { resources: SECRETS, providers: [identity] },
    { resources: ['*.*'], providers: [gcm(key('k'))] },
  ];
  expect(encryption(parse(resources)).write(AT, '{}')).toBe('{}');
});

const entry = (...providers: object[]) => [{ resources: SECRETS, providers }];
test.each([
  [[], 'resources: Required value'],
  [[{ resources: [], providers: [identity] }], 'resources[0].resources: Required value'],
  [[{ resources: ['Secrets'], providers: [identity] }], 'resources[0].resources[0]: Invalid value: "Secrets"'],
  [entry(), 'resources[0].providers: Required value: at least one provider is required'],
  [entry({ ...identity, ...gcm(key('k')) }), 'more than one provider specified in a single element'],
  [entry({}), 'provider does not contain any of the expected providers'],
  [entry({ kms: {} }), 'resources[0].providers[0].kms: Forbidden: this server knows aesgcm, aescbc and identity'],
  [entry(gcm()), 'aesgcm.keys: Required value'],
  [entry(gcm({ name: 'k' })), 'keys[0].secret: Required value'],
  [entry(gcm({ secret: 'eA==' })), 'keys[0].name: Required value'],
  [entry(gcm({ name: 'k', secret: 'c2hvcnQ=' })), 'secret is not of the expected length, got 5, expected one of [16 24 32]'],
  [entry(gcm({ name: 'k', secret: 'not base64!' })), 'secrets must be base64 encoded'],
  [entry(gcm(key('k'), key('k'))), 'keys[1].name: Duplicate value: "k"'],
  [entry({ aesgmc: {} }), 'unknown field "resources[0].providers[0].aesgmc"'],
])('%j is refused: %s', (resources, message) => expect(() => parse(resources)).toThrow(message));

test('the text of a key is in no message', () => {
  const secret = Buffer.from('topsecret').toString('base64');
  expect(() => parse(entry(gcm({ name: 'k', secret })))).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining(secret) }),
  );
});
