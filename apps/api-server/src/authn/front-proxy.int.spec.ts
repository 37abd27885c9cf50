import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { issue } from '@windlass/pki';
import { rawRequest, useApiServer } from '@windlass/testkit';

interface Certificate {
  cert: string;
  key: string;
}

const api = useApiServer();
let proxy: Certificate;
let stranger: Certificate;
let alice: Certificate;

beforeAll(async () => {
  const { pki, directory } = api.server;
  const frontProxyCa = { cert: pki.frontProxyCaCert, key: readFileSync(path.join(directory, 'pki/front-proxy-ca.key'), 'utf8') };
  proxy = { cert: pki.frontProxyClientCert, key: pki.frontProxyClientKey };
  stranger = await issue(frontProxyCa, { commonName: 'admin', organizations: ['system:masters'], usage: 'client', days: 1 });
  alice = await issue({ cert: pki.caCert, key: pki.caKey }, { commonName: 'alice', usage: 'client', days: 1 });
}, 30_000);
const REMOTE = {
  'X-Remote-User': 'jane',
  'X-Remote-Uid': 'u-1',
  'X-Remote-Group': ['dev', 'system:masters'],
  'X-Remote-Extra-Example.com%2Fscope': ['a', 'b'],
};
const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
const whoAmI = async (certificate: Certificate | undefined, headers: Record<string, string | string[]>) => {
  const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { status, json } = await rawRequest(api.server, { method: 'POST', path: reviews, headers, ...certificate }, REVIEW);
  return status === 201 ? json.status.userInfo : status;
};

describe('front-proxy headers', () => {
  it('name the user when the proxy brings them', async () => {
    expect(await whoAmI(proxy, REMOTE)).toEqual({
      username: 'jane',
      uid: 'u-1',
      groups: ['dev', 'system:masters', 'system:authenticated'],
      extra: { 'example.com/scope': ['a', 'b'] },
    });
  });

  it('say nothing without the certificate, and with that of another', async () => {
    expect(await whoAmI(undefined, REMOTE)).toBe(401);
    expect(await whoAmI(stranger, REMOTE)).toBe(401);
    expect(await whoAmI(alice, REMOTE)).toMatchObject({ username: 'alice', groups: ['system:authenticated'] });
  });

  it('are needed: neither authority makes certificates that the other vouches for', async () => {
    expect(await whoAmI(proxy, {})).toBe(401);
    expect(await whoAmI(stranger, {})).toBe(401);
  });

  it('leave the proxy free to bring a token instead', async () => {
    expect(await whoAmI(proxy, { authorization: 'Bearer admin-token' })).toMatchObject({ username: 'admin' });
  });
});

it('names the certificate that authenticated', async () => {
  const { extra } = await whoAmI(alice, {});
  expect(extra).toEqual({ 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] });
});

it('answers strangers on open paths alone', async () => {
  const codes = await Promise.all(
    ['/livez', '/readyz/ping', '/version', '/api', '/api/v1/pods', '/livez/../api'].map(async (at) => {
      return (await rawRequest(api.server, { path: at })).status;
    }),
  );
  // Single checks are open as paths, but no role shows them to everybody.
  expect(codes).toEqual([200, 403, 200, 401, 401, 403]);
});
