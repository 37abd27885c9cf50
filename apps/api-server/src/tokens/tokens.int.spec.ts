import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import { useApiServer } from '@windlass/testkit';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';

const core = (resource: string, kind: string, namespaced = true) => ({ group: '', version: 'v1', resource, namespaced, kind });
const ACCOUNTS = core('serviceaccounts', 'ServiceAccount');
const PODS = core('pods', 'Pod');
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

const api = useApiServer();
const clients: Client[] = [];

beforeAll(async () => {
  const account = { metadata: { name: 'robot', namespace: 'default' } } as AnyObject;
  await api.server.admin.resource<AnyObject>(ACCOUNTS).create(account);
}, 30_000);
afterAll(async () => {
  for (const client of clients) client.close();
});

const request = async (spec: object): Promise<string> => {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec } as unknown as AnyObject;
  const accounts = api.server.admin.resource<AnyObject>(ACCOUNTS);
  const made = await accounts.subresource<AnyObject>({ name: 'robot', namespace: 'default' }, 'token', body);
  return made.status.token as string;
};

/** Status code of a request with the token that nobody may make: 403 when the token is somebody's. */
async function codeOf(token: string): Promise<number> {
  const client = createClient({ server: api.server.url, ca: api.server.pki.caCert, token });
  clients.push(client);
  const failure = await client.request({ method: 'GET', path: '/api/v1/nodes' }).then(
    () => ({ code: 200 }),
    (error: { code: number }) => error,
  );
  return failure.code;
}

const pod = async (name: string): Promise<AnyObject> =>
  api.server.admin.resource<AnyObject>(PODS).create({
    metadata: { name, namespace: 'default' },
    spec: { serviceAccountName: 'robot', nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
  } as unknown as AnyObject);

describe('service-account tokens', () => {
  it('are for the API server and carry what Kubernetes puts into them', async () => {
    const token = await request({});
    expect(await codeOf(token)).toBe(403);
    const payload = decodeJwt(token);
    expect(payload).toMatchObject({
      iss: ISSUER,
      aud: [ISSUER],
      sub: 'system:serviceaccount:default:robot',
      'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot' } },
    });
    expect(payload.exp! - payload.iat!).toBe(3600);
  });

  it('are verified by the published keys', async () => {
    const get = (path: string) => api.server.admin.request({ method: 'GET', path });
    expect(await get('/.well-known/openid-configuration')).toMatchObject({ issuer: ISSUER });
    const jwks = createLocalJWKSet((await get('/openid/v1/jwks')) as JSONWebKeySet);
    await expect(jwtVerify(await request({}), jwks, { issuer: ISSUER })).resolves.toBeTruthy();
  });

  it('end with the pod that they are bound to, and extend its own', async () => {
    const { metadata } = await pod('bound');
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'bound', uid: metadata.uid };
    const token = await request({ boundObjectRef, expirationSeconds: 3607 });
    const payload = decodeJwt(token) as { exp: number; iat: number; 'kubernetes.io': object };
    expect(payload['kubernetes.io']).toMatchObject({ pod: { name: 'bound', uid: metadata.uid }, node: { name: 'n1' } });
    expect(payload.exp - payload.iat).toBe(365 * 24 * 3600);
    expect(await codeOf(token)).toBe(403);
    await api.server.admin.resource(PODS).delete({ name: 'bound', namespace: 'default' }, { gracePeriodSeconds: 0 });
    expect(await codeOf(token)).toBe(401);
  });

  it('are for nobody else than their audience', async () => {
    expect(await codeOf(await request({ audiences: ['other'] }))).toBe(401);
  });

  it('with a changed payload are nobody', async () => {
    const [header, payload, signature] = (await request({})).split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const forged = Buffer.from(JSON.stringify({ ...claims, jti: 'x' })).toString('base64url');
    expect(await codeOf([header, forged, signature].join('.'))).toBe(401);
  });

  it.each([
    ['another pod of that name', { kind: 'Pod', name: 'other', uid: 'x' }, 409],
    ['no pod', { kind: 'Pod', name: 'none' }, 404],
    ['another kind', { kind: 'ConfigMap', name: 'x' }, 400],
  ])('are not bound to %s', async (_, reference, code) => {
    if (code === 409) await pod('other');
    await expect(request({ boundObjectRef: { apiVersion: 'v1', ...reference } })).rejects.toMatchObject({ code });
  });
});
