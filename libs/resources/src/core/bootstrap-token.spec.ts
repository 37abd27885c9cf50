import type { Secret } from '../types.gen.ts';
import { bootstrapGroups, bootstrapTokenEnd, bootstrapTokenOf, parseBootstrapToken } from './bootstrap-token.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const DATA = {
  'token-id': 'abcdef',
  'token-secret': '0123456789abcdef',
  'usage-bootstrap-authentication': 'true',
  'usage-bootstrap-signing': 'true',
};
const secret = (data: Record<string, string | undefined> = {}, changes: Partial<Secret> = {}): Secret => ({
  metadata: { name: 'bootstrap-token-abcdef' },
  type: 'bootstrap.kubernetes.io/token',
  data: Object.fromEntries(
    Object.entries({ ...DATA, ...data }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, Buffer.from(value).toString('base64')]],
    ),
  ),
  ...changes,
});

test.each([
  ['abcdef.0123456789abcdef', true],
  ['abcdef.0123456789abcde', false],
  ['ABCDEF.0123456789abcdef', false],
  ['abcdef.0123456789abcdef\n', false],
  ['abcdef0123456789abcdef', false],
])('%j is a token: %s', (text, is) => expect(parseBootstrapToken(text) !== undefined).toBe(is));

test.each([
  ['a whole one', secret(), true],
  ['of a name that is not its own', secret({}, { metadata: { name: 'bootstrap-token-aaaaaa' } }), false],
  ['of another type', secret({}, { type: 'Opaque' }), false],
  ['without a secret', secret({ 'token-secret': undefined }), false],
  ['that may not', secret({ 'usage-bootstrap-authentication': 'yes' }), false],
  ['on its way out', secret({}, { metadata: { name: 'bootstrap-token-abcdef', deletionTimestamp: NOW.toISOString() } }), false],
  ['that lasts', secret({ expiration: '2026-01-01T00:00:01Z' }), true],
  ['that lasts, in another zone', secret({ expiration: '2026-01-01T01:00:01+01:00' }), true],
  ['that has expired', secret({ expiration: '2026-01-01T00:00:00Z' }), false],
  ['of an end that cannot be read', secret({ expiration: 'tomorrow' }), false],
])('a token %s', (_, of, valid) => {
  expect(bootstrapTokenOf(of, 'authentication', NOW)).toEqual(valid ? { id: 'abcdef', secret: '0123456789abcdef' } : undefined);
});

test('a token without end', () => expect(bootstrapTokenEnd(secret())).toBeUndefined());

test.each([
  ['', ['system:bootstrappers']],
  [
    'system:bootstrappers:b,system:bootstrappers:a:c-d',
    ['system:bootstrappers', 'system:bootstrappers:a:c-d', 'system:bootstrappers:b'],
  ],
  ['system:masters', undefined],
  ['system:bootstrappers:', undefined],
  ['system:bootstrappers:A', undefined],
])('extra groups %j', (text, groups) => expect(bootstrapGroups(secret({ 'auth-extra-groups': text }))).toEqual(groups));
