import { X509Certificate } from 'node:crypto';
import { createClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import { createSigningRequest } from '@windlass/pki';
import type { CertificateSigningRequest } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { refs } from '../shared/refs.ts';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

type Request = CertificateSigningRequest & AnyObject;
const KUBELET = 'kubernetes.io/kube-apiserver-client-kubelet';
const USER = 'kubernetes.io/kube-apiserver-client';
const CLIENT = ['digital signature', 'client auth'];

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({ controllers: ['csrsigning', 'csrapproving', 'csrcleaner'] });
}, 60_000);
afterAll(() => cluster?.stop());

const requests = () => cluster.of<Request>('certificateSigningRequests');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const made = (name: string, request: string, spec: object) =>
  ({ metadata: { name }, spec: { request: base64(request), signerName: USER, usages: CLIENT, ...spec } }) as Request;
const approved = (request: Request, type = 'Approved'): Request => ({
  ...request,
  status: { conditions: [{ type, status: 'True', reason: 'KubectlApprove', message: 'by hand' }] },
});
const settled = (name: string) =>
  eventually(async () => {
    const request = await requests().get({ name });
    expect(request.status?.certificate ?? request.status?.conditions?.find(({ type }) => type === 'Failed')).toBeTruthy();
    return request;
  });
const certificateOf = ({ status }: Request) => new X509Certificate(Buffer.from(status!.certificate!, 'base64'));
const client = (cert: string, key: string) =>
  createClient({ server: cluster.server.url, ca: cluster.server.pki.caCert, cert, key });

test('a user asks, an administrator approves, and the certificate works as long as was asked', async () => {
  const { request, key } = await createSigningRequest({ commonName: 'jane', organizations: ['devs'] });
  const { metadata } = await requests().create(made('jane', request, { expirationSeconds: 3600 }));
  expect((await requests().get({ name: 'jane' })).status?.certificate).toBeUndefined();
  await requests().update(approved({ ...made('jane', request, {}), metadata }), { subresource: 'approval' });
  const issued = await settled('jane');
  const certificate = certificateOf(issued);
  const minutes = (Date.parse(certificate.validTo) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(50);
  expect(minutes).toBeLessThanOrEqual(60);
  const jane = client(certificate.toString(), key);
  const review = await jane
    .resource({
      group: 'authentication.k8s.io',
      version: 'v1',
      resource: 'selfsubjectreviews',
      namespaced: false,
      kind: 'SelfSubjectReview',
    })
    .create({ metadata: {} });
  expect(review.status.userInfo).toMatchObject({ username: 'jane', groups: ['devs', 'system:authenticated'] });
  jane.close();
});

test('what the signer does not allow fails with its reason', async () => {
  const { request } = await createSigningRequest({ commonName: 'x' });
  const before = await requests().create(made('wrong', request, { signerName: 'kubernetes.io/kubelet-serving' }));
  await requests().update(approved(before), { subresource: 'approval' });
  expect((await settled('wrong')).status!.conditions).toContainEqual(
    expect.objectContaining({
      type: 'Failed',
      reason: 'SignerValidationFailure',
      message: 'subject organization is not system:nodes',
    }),
  );
});

test('a node renews its own client certificate; a stranger is not approved until it may, and nobody is in the name of system:masters', async () => {
  await cluster.server.admin
    .resource<AnyObject>({ ...refs.clusterRoles, resource: 'clusterrolebindings', kind: 'ClusterRoleBinding' })
    .create({
      metadata: { name: 'renew' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
      },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:nodes' }],
    });
  const own = await createSigningRequest({ commonName: 'system:node:a', organizations: ['system:nodes'] });
  const node = await cluster.server.clientOf('system:node:a', ['system:nodes']);
  const asNode = node.resource<Request>(refs.certificateSigningRequests);
  await asNode.create(made('own', own.request, { signerName: KUBELET }));
  const issued = await settled('own');
  expect(issued.status!.conditions).toMatchObject([
    {
      type: 'Approved',
      reason: 'AutoApproved',
      message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    },
  ]);
  expect(certificateOf(issued).subject).toBe('O=system:nodes\nCN=system:node:a');
  const other = await createSigningRequest({ commonName: 'system:node:b', organizations: ['system:nodes'] });
  await expect(asNode.create(made('other', other.request, { signerName: KUBELET }))).rejects.toThrow(
    'can only create a node CSR with CN=system:node:a',
  );
  node.close();

  const creator = {
    metadata: { name: 'asker' },
    rules: [
      { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['create'] },
      {
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
        verbs: ['update'],
      },
    ],
  };
  await cluster.of('clusterRoles').create(creator);
  await cluster.server.admin
    .resource<AnyObject>({ ...refs.clusterRoles, resource: 'clusterrolebindings', kind: 'ClusterRoleBinding' })
    .create({
      metadata: { name: 'asker' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'asker' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'asker' }],
    });
  const asker = await cluster.server.clientOf('asker');
  const asAsker = asker.resource<Request>(refs.certificateSigningRequests);
  const pending = await asAsker.create(made('stranger', other.request, { signerName: KUBELET }));
  await expect(asAsker.update(approved(pending), { subresource: 'approval' })).rejects.toThrow(
    `user not permitted to approve requests with signerName "${KUBELET}"`,
  );
  await expect(asAsker.updateStatus({ ...pending, status: { certificate: issued.status!.certificate } })).rejects.toThrow(
    `user not permitted to sign requests with signerName "${KUBELET}"`,
  );
  const master = await createSigningRequest({ commonName: 'x', organizations: ['system:masters'] });
  await expect(asAsker.create(made('master', master.request, {}))).rejects.toThrow(
    'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
  );
  asker.close();
  expect((await requests().get({ name: 'stranger' })).status?.conditions).toBeUndefined();
  await cluster.of('clusterRoles').patch(
    { name: 'asker' },
    {
      rules: [{ apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/nodeclient'], verbs: ['create'] }],
    },
  );
  expect((await settled('stranger')).status!.conditions).toMatchObject([
    { type: 'Approved', message: 'Auto approving kubelet client certificate after SubjectAccessReview.' },
  ]);
});
