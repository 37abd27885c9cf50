import { createClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['serviceaccount-token'] });
}, 60_000);
afterAll(() => cluster?.stop());

const secrets = () => cluster.of('secrets');
const accounts = () => cluster.of('serviceAccounts');
const tokenSecret = (namespace: string, name: string, account: string) => ({
  metadata: { namespace, name, annotations: { 'kubernetes.io/service-account.name': account } },
  type: 'kubernetes.io/service-account-token',
});
const filled = (namespace: string, name: string) =>
  eventually(async () => {
    const secret = await secrets().get({ namespace, name });
    expect(secret.data?.token).toBeTruthy();
    return secret;
  });
const who = async (token: string): Promise<AnyObject> => {
  const client = createClient({ server: cluster.server.url, ca: cluster.server.pki.caCert, token });
  try {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    return await client.request({ method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body });
  } finally {
    client.close();
  }
};

test('a secret gets its token, which is the account until the secret goes', async () => {
  const namespace = await cluster.namespace('tokens');
  await accounts().create({ metadata: { namespace, name: 'bot' }, secrets: [{ name: 't' }] });
  await secrets().create(tokenSecret(namespace, 't', 'bot'));
  const { data, metadata } = await filled(namespace, 't');
  const text = (key: string) => Buffer.from(data[key], 'base64').toString();
  expect(text('namespace')).toBe(namespace);
  expect(text('ca.crt')).toBe(cluster.server.pki.caCert);
  const { uid } = (await accounts().get({ namespace, name: 'bot' })).metadata;
  expect(metadata.annotations).toMatchObject({ 'kubernetes.io/service-account.uid': uid });
  expect((await who(text('token'))).status.userInfo).toMatchObject({
    username: `system:serviceaccount:${namespace}:bot`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  });
  await secrets().delete({ namespace, name: 't' });
  await expect(eventually(() => who(text('token')), 1)).rejects.toThrow('Unauthorized');
  await eventually(async () => expect((await accounts().get({ namespace, name: 'bot' })).secrets ?? []).toEqual([]));
});

test('secrets without their account go, also when another of its name comes', async () => {
  const namespace = await cluster.namespace('tokens');
  await accounts().create({ metadata: { namespace, name: 'bot' } });
  await secrets().create(tokenSecret(namespace, 't', 'bot'));
  await filled(namespace, 't');
  await accounts().delete({ namespace, name: 'bot' });
  await eventually(() => expect(secrets().get({ namespace, name: 't' })).rejects.toThrow('not found'));
  await secrets().create(tokenSecret(namespace, 'lost', 'nobody'));
  await eventually(() => expect(secrets().get({ namespace, name: 'lost' })).rejects.toThrow('not found'));
});
