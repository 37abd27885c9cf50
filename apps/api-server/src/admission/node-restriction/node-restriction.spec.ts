import { describe, expect, it } from '@jest/globals';
import type { AnyObject } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import { nodeOf } from '../../authz/node/identity.ts';
import { changedLabels, forbiddenLabels } from './labels.ts';
import { podCreationRefusal } from './mirror-pods.ts';

it.each([
  ['a/b', []],
  ['kubernetes.io/hostname', []],
  ['node.kubernetes.io/x', []],
  ['x.kubelet.kubernetes.io/x', []],
  ['kubernetes.io/x', ['kubernetes.io/x']],
  ['x.k8s.io/y', ['x.k8s.io/y']],
  ['node-restriction.kubernetes.io/x', ['node-restriction.kubernetes.io/x']],
  ['notkubernetes.io/x', []],
])('a node sets the label %s', (key, forbidden) => {
  expect(forbiddenLabels(changedLabels({ [key]: 'v' }))).toEqual(forbidden);
});

it('looks at changed labels only', () => {
  expect(changedLabels({ a: '1', b: '2', c: '3' }, { a: '1', b: '1', d: '4' })).toEqual(['b', 'c', 'd']);
});

it.each([
  ['system:node:n', ['system:nodes'], 'n'],
  ['system:node:', ['system:nodes'], ''],
  ['system:node:n', [], undefined],
  ['n', ['system:nodes'], undefined],
])('%s of %p is node %p', (username, groups, node) => {
  expect(nodeOf({ username, groups })).toBe(node);
});

describe('mirror pods', () => {
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u', controller: true };
  const mirror = (more: { metadata?: object; spec?: object } = {}): Pod =>
    ({
      metadata: { name: 'p', annotations: { 'kubernetes.io/config.mirror': 'x' }, ownerReferences: [owner], ...more.metadata },
      spec: { nodeName: 'n', containers: [], ...more.spec },
    }) as unknown as AnyObject as unknown as Pod;

  it.each([
    ['of the node', mirror(), undefined],
    ['without the annotation', mirror({ metadata: { annotations: {} } }), /can only create mirror pods/],
    ['of another node', mirror({ spec: { nodeName: 'm' } }), /spec.nodeName set to itself/],
    ['of nobody', mirror({ metadata: { ownerReferences: [] } }), /an owner reference set to itself/],
    ['of an older node', mirror({ metadata: { ownerReferences: [{ ...owner, uid: 'v' }] } }), /UID mismatch: expected v got u/],
    ['with a secret', mirror({ spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } }), /reference secrets/],
    ['with an account', mirror({ spec: { serviceAccountName: 'a' } }), /reference a service account/],
  ])('%s', (_, pod, refusal) => {
    const text = podCreationRefusal('n', 'u', pod);
    if (refusal) expect(text).toMatch(refusal);
    else expect(text).toBeUndefined();
  });
});
