import { bootstrapGroups, bootstrapTokenOf, NODE_BOOTSTRAPPERS } from '@windlass/resources';
import { tokenMistakes, tokenRow, tokenSecret } from './token-secret.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const TOKEN = { id: 'abcdef', secret: '0123456789abcdef' };
const OPTIONS = { ttlMs: 86_400_000, usages: ['signing', 'authentication'], groups: [NODE_BOOTSTRAPPERS], description: 'for x' };

test('a token is written so that the API server takes it, and is read again', () => {
  const secret = tokenSecret(TOKEN, OPTIONS, NOW);
  expect(bootstrapTokenOf(secret, 'authentication', NOW)).toEqual(TOKEN);
  expect(bootstrapTokenOf(secret, 'signing', NOW)).toEqual(TOKEN);
  expect(bootstrapGroups(secret)).toEqual(['system:bootstrappers', NODE_BOOTSTRAPPERS]);
  expect(tokenRow(secret, new Date('2026-01-01T01:00:00Z'))).toEqual({
    token: 'abcdef.0123456789abcdef',
    leftMs: 23 * 3_600_000,
    expires: '2026-01-02T00:00:00Z',
    usages: ['authentication', 'signing'],
    description: 'for x',
    groups: NODE_BOOTSTRAPPERS,
  });
});

test('a token for ever, for nothing but signing', () => {
  const secret = tokenSecret(TOKEN, { ttlMs: 0, usages: ['signing'], groups: [] }, NOW);
  expect(bootstrapTokenOf(secret, 'authentication', NOW)).toBeUndefined();
  expect(tokenRow(secret, NOW)).toMatchObject({ usages: ['signing'], description: '', groups: '' });
  expect(tokenRow(secret, NOW)).not.toHaveProperty('expires');
});

test.each([
  [{}, ''],
  [{ usages: ['x'], groups: [] }, '--usages x: want authentication or signing'],
  [
    { groups: ['system:masters'] },
    'bootstrap group "system:masters" is invalid (must match \\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\\z)',
  ],
  [{ usages: ['signing'] }, '--groups: without the usage authentication they have no effect'],
  [{ ttlMs: -1 }, '--ttl: want a time to come, or 0'],
])('%j is told: %s', (change, message) => expect(tokenMistakes({ ...OPTIONS, ...change }).join('\n')).toBe(message));
