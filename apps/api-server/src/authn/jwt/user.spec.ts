import { path } from '@windlass/meta';
import { compileIssuer } from './compile.ts';
import type { JwtIssuer } from './configuration.ts';
import { type Claims, userOf } from './user.ts';

const compiled = (changes: Partial<JwtIssuer>) => {
  const jwt: JwtIssuer = {
    issuer: { url: 'https://x', audiences: ['a'] },
    claimMappings: { username: { claim: 'sub', prefix: 'oidc:' } },
    ...changes,
  };
  const { compiled: issuer, errors } = compileIssuer(jwt, path('jwt'));
  expect(errors).toEqual([]);
  return issuer;
};
const CLAIMS: Claims = { sub: 'jane', roles: ['a', 'b'], email: 'j@x', email_verified: true, n: 5, tenant: 't', team: 'x' };
const username = { claim: 'sub', prefix: '' };

test.each([
  ['a claim with a prefix', {}, CLAIMS, { username: 'oidc:jane', groups: [] }],
  [
    'groups of a list, with a prefix',
    { claimMappings: { username, groups: { claim: 'roles', prefix: 'o:' } } },
    CLAIMS,
    { username: 'jane', groups: ['o:a', 'o:b'] },
  ],
  [
    'groups of a string',
    { claimMappings: { username, groups: { claim: 'team', prefix: '' } } },
    CLAIMS,
    { username: 'jane', groups: ['x'] },
  ],
  [
    'groups that are not there',
    { claimMappings: { username, groups: { claim: 'none', prefix: '' } } },
    CLAIMS,
    { username: 'jane', groups: [] },
  ],
  [
    'expressions',
    {
      claimMappings: {
        username: { expression: "claims.sub + '@' + claims.tenant" },
        groups: { expression: "claims.roles.map(r, 'r-' + r)" },
        uid: { expression: 'claims.sub' },
        extra: [
          { key: 'example.com/tenant', valueExpression: 'claims.tenant' },
          { key: 'example.com/none', valueExpression: "''" },
        ],
      },
    },
    { ...CLAIMS, jti: '7' },
    {
      username: 'jane@t',
      groups: ['r-a', 'r-b'],
      uid: 'jane',
      extra: { 'example.com/tenant': ['t'], 'authentication.kubernetes.io/credential-id': ['JTI=7'] },
    },
  ],
  [
    'a rule that holds',
    { claimValidationRules: [{ claim: 'tenant', requiredValue: 't' }, { expression: 'claims.n < 6' }] },
    CLAIMS,
    { username: 'oidc:jane', groups: [] },
  ],
])('%s', (_, changes, claims, user) => expect(userOf(compiled(changes as Partial<JwtIssuer>), claims)).toEqual(user));

test.each([
  ['no username', {}, {}, 'parse username claims "sub": claim not present'],
  ['a username that is no text', {}, { sub: 5 }, 'must be a string'],
  ['an empty username', { claimMappings: { username: { expression: "''" } } }, CLAIMS, 'username claim is empty'],
  [
    'a mail address that nobody verified',
    { claimMappings: { username: { claim: 'email', prefix: '' } } },
    { email: 'j@x', email_verified: false },
    'email not verified',
  ],
  [
    'a claim that is missing',
    { claimValidationRules: [{ claim: 'hd', requiredValue: 'x' }] },
    CLAIMS,
    'required claim hd not present in ID token',
  ],
  [
    'a claim of another value',
    { claimValidationRules: [{ claim: 'tenant', requiredValue: 'x' }] },
    CLAIMS,
    'required claim tenant value does not match. Got = t, want = x',
  ],
  [
    'a rule that does not hold',
    { claimValidationRules: [{ expression: 'claims.n > 6', message: 'n is small' }] },
    CLAIMS,
    "validation expression 'claims.n > 6' failed: n is small",
  ],
  ['a rule that fails', { claimValidationRules: [{ expression: 'claims.none > 6' }] }, CLAIMS, 'no such key'],
  [
    'a user that may not be',
    { userValidationRules: [{ expression: "!user.username.startsWith('oidc:')", message: 'no' }] },
    CLAIMS,
    'failed: no',
  ],
  [
    'groups that are no texts',
    { claimMappings: { username, groups: { claim: 'roles', prefix: '' } } },
    { ...CLAIMS, roles: [1] },
    'groups must be',
  ],
])('%s is refused', (_, changes, claims, message) =>
  expect(() => userOf(compiled(changes as Partial<JwtIssuer>), claims as Claims)).toThrow(message),
);
