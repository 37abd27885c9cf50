import { createSigningRequest, parseSigningRequest } from '@windlass/pki';
import type { CertificateSigningRequest, Node } from '@windlass/resources';
import { recognizeServing } from './recognize.ts';

const node = (name: string, ...addresses: string[]) =>
  ({
    metadata: { name },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  }) as unknown as Node;
const facts = {
  nodes: [node('a', '10.0.0.1', '10.0.0.9'), node('b', '10.0.0.2'), node('c', '10.0.0.9')],
  apiServerAddresses: ['10.0.0.3', '10.96.0.1'],
};
const spec = {
  signerName: 'kubernetes.io/kubelet-serving',
  username: 'system:node:a',
  usages: ['digital signature', 'server auth'],
};

test.each([
  ['its own address', ['10.0.0.1'], {}, 1],
  ["another node's", ['10.0.0.2'], {}, 0],
  ['one that another node shows too', ['10.0.0.9'], {}, 0],
  ["the API server's", ['10.0.0.3'], {}, 0],
  ["the API server's ClusterIP", ['10.96.0.1'], {}, 0],
  ['an address of nobody', ['10.0.0.7'], {}, 0],
  ['a name', ['10.0.0.1', 'a'], {}, 0],
  ['nothing', [], {}, 0],
  ['for another node', ['10.0.0.1'], { username: 'system:node:b' }, 0],
  ['for clients too', ['10.0.0.1'], { usages: ['digital signature', 'server auth', 'client auth'] }, 0],
  ['of another signer', ['10.0.0.1'], { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' }, 0],
])('a serving certificate for %s', async (_, hosts, changes, ways) => {
  const { request } = await createSigningRequest({ commonName: 'system:node:a', organizations: ['system:nodes'], hosts });
  const found = recognizeServing(
    { spec: { ...spec, ...changes } } as CertificateSigningRequest,
    parseSigningRequest(request),
    facts,
  );
  expect(found).toHaveLength(ways);
});

test('an API server whose address a node claims is not that node', async () => {
  const { request } = await createSigningRequest({
    commonName: 'system:node:a',
    organizations: ['system:nodes'],
    hosts: ['10.0.0.3'],
  });
  const claimed = { ...facts, nodes: [node('a', '10.0.0.3')] };
  expect(recognizeServing({ spec } as unknown as CertificateSigningRequest, parseSigningRequest(request), claimed)).toEqual([]);
});
