import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthority, issue } from '@windlass/pki';
import { startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { whoIs } from '../../testing/who-is.ts';

type Key = Awaited<ReturnType<typeof generateKeyPair>>;

/** An issuer as OpenID Connect Discovery has it, whose keys may change. */
class Issuer {
  readonly keys = new Map<string, { pair: Key; algorithm: string }>();
  readonly asked: string[] = [];
  url = '';
  #server!: https.Server;

  async start(tls: { cert: string; key: string }): Promise<void> {
    this.#server = https.createServer(tls, async (request, response) => {
      this.asked.push(request.url!);
      const jwks = () =>
        Promise.all(
          Array.from(this.keys, async ([kid, { pair, algorithm }]) => ({
            ...(await exportJWK(pair.publicKey)),
            kid,
            alg: algorithm,
          })),
        );
      const body =
        request.url === '/.well-known/openid-configuration'
          ? { issuer: this.url, jwks_uri: `${this.url}/keys` }
          : request.url === '/keys'
            ? { keys: await jwks() }
            : undefined;
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async add(kid: string, algorithm: string): Promise<void> {
    this.keys.set(kid, { pair: await generateKeyPair(algorithm), algorithm });
  }

  sign(kid: string, claims: object, { iss = this.url, aud = 'windlass', seconds = 60 } = {}): Promise<string> {
    const { pair, algorithm } = this.keys.get(kid)!;
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, kid })
      .setIssuer(iss)
      .setAudience(aud)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(pair.privateKey);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const issuer = new Issuer();
let server: TestApiServer;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'windlass-oidc-'));
  const authority = await createAuthority('issuers');
  await issuer.start(await issue(authority, { commonName: 'issuer', hosts: ['127.0.0.1'], usage: 'server', days: 1 }));
  await issuer.add('one', 'RS256');
  const authenticationConfigFile = path.join(directory, 'authentication.json');
  await writeFile(
    authenticationConfigFile,
    JSON.stringify({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      jwt: [
        {
          issuer: { url: issuer.url, audiences: ['windlass'], certificateAuthority: authority.cert },
          claimMappings: { username: { claim: 'sub', prefix: 'oidc:' }, groups: { claim: 'groups', prefix: 'oidc:' } },
          userValidationRules: [{ expression: "user.username != 'oidc:evil'", message: 'no' }],
        },
      ],
    }),
  );
  server = await startTestApiServer({ authenticationConfigFile });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  issuer.stop();
  await rm(directory, { recursive: true, force: true });
  await stopDatabases();
});

const who = (token: string) => whoIs(server, token);
const review = async (token: string) =>
  (
    await server.admin
      .resource({
        group: 'authentication.k8s.io',
        version: 'v1',
        resource: 'tokenreviews',
        namespaced: false,
        kind: 'TokenReview',
      })
      .create({ metadata: {}, spec: { token } })
  ).status;

test('a token of the issuer is its subject, with its groups; RBAC knows them', async () => {
  const token = await issuer.sign('one', { sub: 'jane', groups: ['devs'] });
  expect(await who(token)).toMatchObject({ username: 'oidc:jane', groups: ['oidc:devs', 'system:authenticated'] });
  await server.admin
    .resource({
      group: 'rbac.authorization.k8s.io',
      version: 'v1',
      resource: 'clusterrolebindings',
      namespaced: false,
      kind: 'ClusterRoleBinding',
    })
    .create({
      metadata: { name: 'devs' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'oidc:devs' }],
    } as never);
  const reviewed = await review(token);
  expect(reviewed).toMatchObject({ authenticated: true, user: { username: 'oidc:jane' } });
});

test('a new key of the issuer is found when a token names it', async () => {
  await issuer.add('two', 'ES256');
  expect(await who(await issuer.sign('one', { sub: 'jane' }))).toMatchObject({ username: 'oidc:jane' });
  // Keys are asked for once a second at most.
  let found = await who(await issuer.sign('two', { sub: 'joe' }));
  for (
    const until = Date.now() + 20_000;
    found === 401 && Date.now() < until;
    found = await who(await issuer.sign('two', { sub: 'joe' }))
  )
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(found).toMatchObject({ username: 'oidc:joe' });
  expect(issuer.asked.filter((url) => url === '/.well-known/openid-configuration')).toHaveLength(1);
});

test.each([
  ['that has expired', () => issuer.sign('one', { sub: 'jane' }, { seconds: -60 }), '"exp" claim timestamp check failed'],
  ['for another audience', () => issuer.sign('one', { sub: 'jane' }, { aud: 'other' }), 'unexpected "aud" claim value'],
  ['of another issuer', () => issuer.sign('one', { sub: 'jane' }, { iss: 'https://other' }), 'invalid bearer token'],
  ['that no rule lets in', () => issuer.sign('one', { sub: 'evil' }), 'failed: no'],
  ['without a subject', () => issuer.sign('one', {}), 'claim not present'],
  [
    'with claims that were changed',
    async () => {
      const [head, , signature] = (await issuer.sign('one', { sub: 'jane' })).split('.');
      const [, body] = (await issuer.sign('one', { sub: 'root' })).split('.');
      return `${head}.${body}.${signature}`;
    },
    'signature verification failed',
  ],
  [
    'without a signature',
    async () => {
      const [, body] = (await issuer.sign('one', { sub: 'root' })).split('.');
      return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    },
    'oidc: verify token',
  ],
])('a token %s is nobody', async (_, make, reason) => {
  const token = await make();
  expect(await who(token)).toBe(401);
  expect((await review(token)).error).toContain(reason);
});
