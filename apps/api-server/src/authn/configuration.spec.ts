import { createAuthority } from '@windlass/pki';
import { parseAuthenticationConfiguration } from './configuration.ts';

const username = { claim: 'sub', prefix: '' };
const ISSUER = { url: 'https://issuer.example.com', audiences: ['windlass'] };
const jwt = (changes: object = {}) => ({ issuer: ISSUER, claimMappings: { username }, ...changes });
const parse = (file: object, kind = 'AuthenticationConfiguration') =>
  parseAuthenticationConfiguration(JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind, ...file }), ['https://own']);
const issuer = (changes: object) => ({ jwt: [jwt({ issuer: { ...ISSUER, ...changes } })] });
const mappings = (changes: object) => ({ jwt: [jwt({ claimMappings: { username, ...changes } })] });

test('a whole file is taken', async () => {
  const { cert } = await createAuthority('x');
  const file = {
    anonymous: { enabled: true, conditions: [{ path: '/livez' }] },
    jwt: [
      jwt({
        issuer: {
          ...ISSUER,
          discoveryURL: 'https://internal.example.com/.well-known/openid-configuration',
          certificateAuthority: cert,
          audiences: ['a', 'b'],
          audienceMatchPolicy: 'MatchAny',
        },
        claimValidationRules: [
          { claim: 'hd', requiredValue: 'example.com' },
          { expression: 'claims.exp - claims.nbf <= 86400', message: 'lives too long' },
        ],
        claimMappings: {
          username: { expression: "claims.email_verified ? claims.email : ''" },
          groups: { expression: "claims.roles.split(',')" },
          uid: { claim: 'sub' },
          extra: [{ key: 'example.com/tenant', valueExpression: 'claims.tenant' }],
        },
        userValidationRules: [{ expression: "!user.username.startsWith('system:')", message: 'reserved' }],
      }),
    ],
  };
  expect(parse(file).jwt).toHaveLength(1);
});

test.each([
  [{ jwts: [] }, 'unknown field "jwts"'],
  [issuer({ urls: 'x' }), 'unknown field "jwt[0].issuer.urls"'],
  [{ anonymous: { enabled: true, condition: [] } }, 'unknown field "anonymous.condition"'],
  [{ jwt: {} }, 'jwt: want a list'],
  [{ jwt: ['x'] }, 'jwt[0]: want an object'],
  [issuer({ url: '' }), 'jwt[0].issuer.url: Required value'],
  [issuer({ url: 'http://x' }), 'jwt[0].issuer.url: Invalid value: "http://x": URL scheme must be https'],
  [issuer({ url: 'https://u:p@x' }), 'URL must not contain a username or password'],
  [issuer({ url: 'https://x?y=z' }), 'URL must not contain a query'],
  [issuer({ url: 'https://x#y' }), 'URL must not contain a fragment'],
  [issuer({ url: 'https://own' }), 'URL must not overlap with disallowed issuers: [https://own]'],
  [issuer({ discoveryURL: 'https://issuer.example.com/' }), 'discoveryURL must be different from URL'],
  [issuer({ audiences: [] }), 'jwt[0].issuer.audiences: Required value: at least one jwt[0].issuer.audiences is required'],
  [issuer({ audiences: ['a', 'b'] }), 'audienceMatchPolicy must be MatchAny for multiple audiences'],
  [issuer({ audiences: ['a', 'a'], audienceMatchPolicy: 'MatchAny' }), 'jwt[0].issuer.audiences[1]: Duplicate value: "a"'],
  [issuer({ certificateAuthority: 'x' }), 'jwt[0].issuer.certificateAuthority: Invalid value'],
  [issuer({ egressSelectorType: 'cluster' }), 'this server has no egress selectors'],
  [{ jwt: [jwt(), jwt()] }, 'jwt[1].issuer.url: Duplicate value'],
  [mappings({ username: {} }), 'jwt[0].claimMappings.username: Required value: claim or expression is required'],
  [mappings({ username: { claim: 'sub' } }), 'jwt[0].claimMappings.username.prefix: Required value: prefix is required'],
  [mappings({ username: { claim: 'a', expression: 'claims.a' } }), "claim and expression can't both be set"],
  [mappings({ groups: { expression: 'claims.a', prefix: '' } }), 'groups.prefix: Invalid value: "": may not be specified'],
  [mappings({ username: { expression: 'claims.' } }), 'jwt[0].claimMappings.username.expression: Invalid value'],
  [mappings({ username: { expression: 'user.name' } }), 'undeclared reference'],
  [mappings({ username: { expression: '1 == 1' } }), 'must evaluate to string, not bool'],
  [mappings({ username: { expression: 'claims.email' } }), 'claims.email_verified must be used'],
  [mappings({ extra: [{ key: 'tenant', valueExpression: 'claims.a' }] }), 'must be a domain-prefixed path'],
  [mappings({ extra: [{ key: 'a.k8s.io/x', valueExpression: 'claims.a' }] }), 'are reserved for Kubernetes use'],
  [mappings({ extra: [{ key: 'a.io/X', valueExpression: 'claims.a' }] }), 'must be lowercase'],
  [{ jwt: [jwt({ claimValidationRules: [{}] })] }, 'claimValidationRules[0]: Required value: claim or expression is required'],
  [{ jwt: [jwt({ claimValidationRules: [{ expression: 'claims.a + 1' }] })] }, 'claimValidationRules[0].expression'],
  [{ jwt: [jwt({ userValidationRules: [{ expression: 'user.nothing' }] })] }, 'userValidationRules[0].expression'],
])('%j is refused: %s', (file, message) => expect(() => parse(file)).toThrow(message));

test('another kind of file is refused', () => expect(() => parse({}, 'Policy')).toThrow('Policy'));
