import { createAuthority, createSigningRequest, parseSigningRequest, type SigningRequest, signRequest } from '@windlass/pki';
import type { CertificateSigningRequest } from '@windlass/resources';
import { recognize } from './recognize.ts';
import { lifetime, signers } from './signers.ts';
import { staleAt } from './stale.ts';

const node = (changes: Partial<SigningRequest> = {}): SigningRequest => ({
  commonName: 'system:node:a',
  organizations: ['system:nodes'],
  dnsNames: [],
  ipAddresses: [],
  emailAddresses: [],
  uris: [],
  request: undefined as never,
  ...changes,
});
const CLIENT = ['digital signature', 'key encipherment', 'client auth'];
const SERVER = ['digital signature', 'server auth'];
const SERVING = 'kubernetes.io/kubelet-serving';
const KUBELET = 'kubernetes.io/kube-apiserver-client-kubelet';
const USER = 'kubernetes.io/kube-apiserver-client';
const dns = { dnsNames: ['a'] };

test.each([
  [KUBELET, node(), CLIENT, undefined],
  [KUBELET, node(), ['digital signature', 'client auth'], undefined],
  [KUBELET, node(), ['client auth'], 'usages did not match [client auth digital signature key encipherment]'],
  [KUBELET, node(), [...CLIENT, 'server auth'], 'usages did not match [client auth digital signature key encipherment]'],
  [KUBELET, node({ organizations: ['system:nodes', 'x'] }), CLIENT, 'subject organization is not system:nodes'],
  [KUBELET, node({ organizations: [] }), CLIENT, 'subject organization is not system:nodes'],
  [KUBELET, node({ commonName: 'a' }), CLIENT, 'subject common name does not begin with system:node:'],
  [KUBELET, node(dns), CLIENT, 'DNS subjectAltNames are not allowed'],
  [KUBELET, node({ ipAddresses: ['1.2.3.4'] }), CLIENT, 'IP subjectAltNames are not allowed'],
  [KUBELET, node({ emailAddresses: ['a@b'] }), CLIENT, 'Email subjectAltNames are not allowed'],
  [KUBELET, node({ uris: ['a:b'] }), CLIENT, 'URI subjectAltNames are not allowed'],
  [SERVING, node(dns), SERVER, undefined],
  [SERVING, node({ ipAddresses: ['1.2.3.4'] }), SERVER, undefined],
  [SERVING, node(), SERVER, 'DNS or IP subjectAltName is required'],
  [SERVING, node({ ...dns, uris: ['a:b'] }), SERVER, 'URI subjectAltNames are not allowed'],
  [SERVING, node({ ...dns, emailAddresses: ['a@b'] }), SERVER, 'Email subjectAltNames are not allowed'],
  [SERVING, node(dns), CLIENT, 'usages did not match [digital signature key encipherment server auth]'],
  [SERVING, node({ ...dns, commonName: 'x' }), SERVER, 'subject common name does not begin with system:node:'],
  [USER, node({ ...dns, organizations: ['x'] }), ['client auth'], undefined],
  [USER, node(), ['digital signature'], 'missing required usage for client certificate: client auth'],
  [USER, node(), ['client auth', 'server auth'], 'invalid usage for client certificate: server auth'],
  ['kubernetes.io/legacy-unknown', node(dns), ['any'], undefined],
])('%s: %#', (signer, request, usages, refusal) => {
  expect(signers[signer]!(request, usages)).toBe(refusal);
});

test.each([
  [undefined, 1000],
  [700, 700],
  [5, 600],
  [5000, 1000],
])('asked for %s of at most 1000 seconds: %s', (asked, seconds) => expect(lifetime(asked, 1000)).toBe(seconds));

const csr = (spec: object, status?: object, creationTimestamp = '2026-01-01T00:00:00Z') =>
  ({
    metadata: { name: 'x', creationTimestamp },
    spec: { request: '', signerName: KUBELET, usages: CLIENT, ...spec },
    status,
  }) as unknown as CertificateSigningRequest;

test.each([
  ['its own', { username: 'system:node:a' }, node(), ['selfnodeclient', 'nodeclient']],
  ['a node of a bootstrapper', { username: 'system:bootstrap:abcdef' }, node(), ['nodeclient']],
  ['a user', { username: 'u' }, node({ organizations: [] }), []],
  ['another signer', { username: 'system:node:a', signerName: USER }, node(), []],
  ['a serving certificate', { username: 'system:node:a', signerName: SERVING, usages: SERVER }, node(dns), []],
])('recognized: %s', (_, spec, request, ways) => {
  expect(recognize(csr(spec), request).map(({ subresource }) => subresource)).toEqual(ways);
});

describe('requests go', () => {
  const at = (text: string) => Date.parse(text);
  const condition = (type: string) => ({ conditions: [{ type, status: 'True', lastUpdateTime: '2026-01-02T00:00:00Z' }] });
  test.each([
    ['a day after they were made, undecided', undefined, '2026-01-02T00:00:00Z'],
    ['an hour after their denial', condition('Denied'), '2026-01-02T01:00:00Z'],
    ['an hour after they failed', condition('Failed'), '2026-01-02T01:00:00Z'],
    ['a day after an approval that led to nothing', condition('Approved'), '2026-01-03T00:00:00Z'],
    [
      'an hour after an approval that led to a certificate',
      { ...condition('Approved'), certificate: 'eA==' },
      '2026-01-02T01:00:00Z',
    ],
  ])('%s', (_, status, when) => expect(staleAt(csr({}, status))).toBe(at(when)));

  test('when their certificate has expired', async () => {
    const { request } = await createSigningRequest({ commonName: 'x' });
    const now = new Date('2026-01-01T00:00:00Z');
    const policy = { usages: ['client auth'], seconds: 600, now };
    const certificate = await signRequest(await createAuthority('ca'), parseSigningRequest(request), policy);
    const status = { ...condition('Approved'), certificate: Buffer.from(certificate).toString('base64') };
    expect(staleAt(csr({}, status))).toBe(at('2026-01-01T00:10:00Z'));
  });
});
