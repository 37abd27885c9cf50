import { X509Certificate } from 'node:crypto';
import https from 'node:https';
import { createClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import { createSigningRequest, isSignedBy } from '@windlass/pki';
import { NODE_BOOTSTRAPPERS } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { refs } from '../shared/refs.ts';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({
    controllers: ['bootstrapsigner', 'tokencleaner', 'csrapproving', 'csrsigning'],
    server: { advertise: { host: '127.0.0.1', port: 6443 } },
  });
}, 60_000);
afterAll(() => cluster?.stop());

const stringData = (id: string, more: object) => ({
  'token-id': id,
  'token-secret': '0123456789abcdef',
  'usage-bootstrap-authentication': 'true',
  'usage-bootstrap-signing': 'true',
  'auth-extra-groups': NODE_BOOTSTRAPPERS,
  ...more,
});
const give = (id: string, more: object = {}) =>
  cluster.of('secrets').create({
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: stringData(id, more),
  });
const as = (id: string) =>
  createClient({ server: cluster.server.url, ca: cluster.server.pki.caCert, token: `${id}.0123456789abcdef` });
const who = async (id: string): Promise<AnyObject> => {
  const client = as(id);
  try {
    return await client.request({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    });
  } finally {
    client.close();
  }
};
const INFO = '/api/v1/namespaces/kube-public/configmaps/cluster-info';
/** Without credentials, and without knowing whom it asks, as a machine that joins does. */
const anonymously = (path: string) =>
  new Promise<{ code: number; body: AnyObject }>((resolve, reject) => {
    https
      .get(`${cluster.server.url}${path}`, { rejectUnauthorized: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk));
        response.on('end', () => resolve({ code: response.statusCode!, body: JSON.parse(text) as AnyObject }));
      })
      .on('error', reject);
  });

test('a machine finds the cluster by its token, proves who it is with it, and becomes a node', async () => {
  await give('aaaaaa');
  const info = await eventually(async () => {
    const { code, body } = await anonymously(INFO);
    expect(code).toBe(200);
    expect(Object.keys(body.data)).toContain('jws-kubeconfig-aaaaaa');
    return body.data as Record<string, string>;
  });
  expect(isSignedBy(info['jws-kubeconfig-aaaaaa']!, info.kubeconfig!, 'aaaaaa', '0123456789abcdef')).toBe(true);
  expect(info.kubeconfig).toContain('server: https://127.0.0.1:6443');
  expect(info.kubeconfig).toContain(Buffer.from(cluster.server.pki.caCert).toString('base64'));
  expect((await anonymously('/api/v1/namespaces/kube-public/configmaps')).code).toBe(401);

  expect((await who('aaaaaa')).status.userInfo).toMatchObject({
    username: 'system:bootstrap:aaaaaa',
    groups: ['system:bootstrappers', NODE_BOOTSTRAPPERS, 'system:authenticated'],
  });
  const { request, key } = await createSigningRequest({ commonName: 'system:node:new', organizations: ['system:nodes'] });
  const client = as('aaaaaa');
  const requests = client.resource<AnyObject>(refs.certificateSigningRequests);
  await requests.create({
    metadata: { name: 'new' },
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usages: ['digital signature', 'client auth'],
    },
  });
  const certificate = await eventually(async () => {
    const { status } = await requests.get({ name: 'new' });
    expect(status?.certificate).toBeTruthy();
    return Buffer.from(status.certificate, 'base64').toString();
  });
  await expect(client.resource(refs.secrets).list({ namespace: 'kube-system' })).rejects.toThrow('forbidden');
  client.close();
  expect(new X509Certificate(certificate).subject).toBe('O=system:nodes\nCN=system:node:new');
  const node = createClient({ server: cluster.server.url, ca: cluster.server.pki.caCert, cert: certificate, key });
  await node.resource<AnyObject>(refs.nodes).create({ metadata: { name: 'new' } });
  node.close();
});

test('a token that may only sign does not authenticate, and one that may not sign does not', async () => {
  await give('bbbbbb', { 'usage-bootstrap-authentication': 'false' });
  await give('cccccc', { 'usage-bootstrap-signing': 'false' });
  await give('dddddd', { 'auth-extra-groups': 'system:masters' });
  await expect(who('bbbbbb')).rejects.toThrow('Unauthorized');
  await expect(who('dddddd')).rejects.toThrow('Unauthorized');
  await expect(who('eeeeee')).rejects.toThrow('Unauthorized');
  expect((await who('cccccc')).status.userInfo.username).toBe('system:bootstrap:cccccc');
  const keys = await eventually(async () => {
    const { data } = await cluster.of('configMaps').get({ namespace: 'kube-public', name: 'cluster-info' });
    expect(Object.keys(data)).toContain('jws-kubeconfig-dddddd');
    return Object.keys(data);
  });
  expect(keys).toContain('jws-kubeconfig-bbbbbb');
  expect(keys).not.toContain('jws-kubeconfig-cccccc');
});

test('an expired token is nobody, and goes with its signature', async () => {
  await give('ffffff', { expiration: new Date(Date.now() + 4000).toISOString() });
  const { groups } = (await who('ffffff')).status.userInfo;
  expect(groups).toContain('system:bootstrappers');
  await eventually(() => expect(who('ffffff')).rejects.toThrow('Unauthorized'));
  await eventually(() =>
    expect(cluster.of('secrets').get({ namespace: 'kube-system', name: 'bootstrap-token-ffffff' })).rejects.toThrow('not found'),
  );
  await eventually(async () => {
    const { data } = await cluster.of('configMaps').get({ namespace: 'kube-public', name: 'cluster-info' });
    expect(Object.keys(data)).not.toContain('jws-kubeconfig-ffffff');
  });
});
