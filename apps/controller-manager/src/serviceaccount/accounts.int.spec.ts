import { createClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import { ADMIN_TOKEN, eventually, rawRequest } from '@windlass/testkit';
import { refs } from '../shared/refs.ts';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['root-ca-certificate-publisher'] });
}, 60_000);
afterAll(() => cluster?.stop());

const accounts = () => cluster.of('serviceAccounts');

test('kube-root-ca.crt is in every namespace: made, made again when deleted, put right when changed', async () => {
  const namespace = await cluster.namespace('ca');
  const configMaps = cluster.of('configMaps');
  const name = { namespace, name: 'kube-root-ca.crt' };
  const isThere = () =>
    eventually(async () => expect((await configMaps.get(name)).data).toEqual({ 'ca.crt': cluster.server.pki.caCert }));
  await isThere();
  await configMaps.delete(name);
  await isThere();
  await configMaps.patch(name, { data: { 'ca.crt': null, other: 'x' } });
  await isThere();
});

test('the life of a service account, as a watch tells it', async () => {
  const namespace = await cluster.namespace('life');
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    const options = { namespace, labelSelector: 'part=life', timeoutSeconds: 60, signal: stop.signal };
    for await (const events of accounts().watch(options))
      for (const { type, object } of events)
        seen.push(`${type} ${object.metadata.labels?.step} ${object.automountServiceAccountToken}`);
  })().catch(() => {});
  await accounts().create({ metadata: { namespace, name: 'bot', labels: { part: 'life', step: 'one' } } });
  await eventually(() => expect(seen).toEqual(['ADDED one undefined']));
  await accounts().patch(
    { namespace, name: 'bot' },
    { metadata: { labels: { step: 'two' } }, automountServiceAccountToken: false },
  );
  const { items } = await accounts().list({ namespace, labelSelector: 'part=life' });
  expect(items).toMatchObject([{ metadata: { name: 'bot', labels: { step: 'two' } }, automountServiceAccountToken: false }]);
  await accounts().update({ ...items[0]!, automountServiceAccountToken: true });
  await accounts().deleteCollection({ namespace, labelSelector: 'part=life' });
  await eventually(() =>
    expect(seen).toEqual(['ADDED one undefined', 'MODIFIED two false', 'MODIFIED two true', 'DELETED two true']),
  );
  stop.abort();
  await watching;
});

test('a token of an account is reviewed, and access reviews say what the account itself finds', async () => {
  const namespace = await cluster.namespace('reviews');
  await accounts().create({ metadata: { namespace, name: 'bot' } });
  const { status } = await accounts().subresource<AnyObject>({ namespace, name: 'bot' }, 'token', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {},
  });
  const user = `system:serviceaccount:${namespace}:bot`;
  const reviews = (resource: string, kind: string, group = 'authorization.k8s.io', namespaced = false) =>
    cluster.server.admin.resource<AnyObject>({ group, version: 'v1', resource, namespaced, kind });
  const reviewed = await reviews('tokenreviews', 'TokenReview', 'authentication.k8s.io').create({
    metadata: {},
    spec: { token: status.token },
  });
  expect(reviewed.status).toMatchObject({ authenticated: true, user: { username: user } });
  expect(reviewed.status.error).toBeUndefined();

  const says = async () => {
    const spec = { user, resourceAttributes: { namespace, verb: 'list', resource: 'configmaps' } };
    const wide = await reviews('subjectaccessreviews', 'SubjectAccessReview').create({ metadata: {}, spec });
    const local = await reviews('localsubjectaccessreviews', 'LocalSubjectAccessReview', 'authorization.k8s.io', true).create({
      metadata: { namespace },
      spec,
    });
    return [wide.status.allowed, local.status.allowed];
  };
  const finds = async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'impersonate-user': user };
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    return (await rawRequest(cluster.server, { path, headers })).status;
  };
  expect([await says(), await finds()]).toEqual([[false, false], 403]);
  const reader = {
    metadata: { name: 'config-reader' },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
  };
  await cluster.of('clusterRoles').create(reader);
  await cluster.server.admin
    .resource<AnyObject>({ ...refs.clusterRoles, resource: 'rolebindings', kind: 'RoleBinding', namespaced: true })
    .create({
      metadata: { namespace, name: 'bot' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'config-reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'bot', namespace }],
    });
  await eventually(async () => expect([await says(), await finds()]).toEqual([[true, true], 200]));
  const own = createClient({ server: cluster.server.url, ca: cluster.server.pki.caCert, token: status.token });
  expect((await own.resource(refs.configMaps).list({ namespace })).items.length).toBeGreaterThan(0);
  own.close();
});
