import { defaultClass } from '@windlass/resources';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';
import { attempt, readerOf, run } from './testing/attributes.ts';

const marked = (name: string, creationTimestamp: string, key = 'storageclass.kubernetes.io/is-default-class') => ({
  metadata: { name, creationTimestamp, annotations: { [key]: 'true' } },
});

describe('default classes', () => {
  test('the newest, then the first by name; unmarked ones never', () => {
    const classes = [
      marked('old', '2024-01-01T00:00:00Z'),
      marked('b', '2025-01-01T00:00:00Z'),
      marked('a', '2025-01-01T00:00:00Z'),
      { metadata: { name: 'none', creationTimestamp: '2026-01-01T00:00:00Z' } },
    ];
    expect(defaultClass(classes, 'storageclass.kubernetes.io/is-default-class')?.metadata.name).toBe('a');
    expect(defaultClass(classes, 'other')).toBeUndefined();
  });

  const claims = { resource: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim' };
  const plugin = defaultStorageClass(readerOf({ storageclasses: [marked('fast', '2025-01-01T00:00:00Z')] }));

  test.each([
    ['no class', { metadata: {}, spec: {} }, 'fast'],
    ['a class', { metadata: {}, spec: { storageClassName: 'own' } }, 'own'],
    ['no class on purpose', { metadata: {}, spec: { storageClassName: '' } }, ''],
    [
      'the old annotation',
      { metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'x' } }, spec: {} },
      undefined,
    ],
  ])('a claim with %s', async (_, claim, wanted) => {
    expect((await run(plugin, attempt(claim, claims)))!.spec.storageClassName).toBe(wanted);
  });

  test('an ingress', async () => {
    const classes = [marked('nginx', '2025-01-01T00:00:00Z', 'ingressclass.kubernetes.io/is-default-class')];
    const about = { group: 'networking.k8s.io', resource: 'ingresses', kind: 'Ingress' };
    const made = await run(defaultIngressClass(readerOf({ ingressclasses: classes })), attempt({ metadata: {} }, about));
    expect(made!.spec.ingressClassName).toBe('nginx');
  });
});

describe('tolerations of broken nodes', () => {
  const wanted = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  test.each([
    ['none', undefined, wanted],
    ['everything', [{ operator: 'Exists' }], [{ operator: 'Exists' }]],
    [
      'one of them',
      [{ key: wanted[0]!.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }],
      [{ key: wanted[0]!.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }, wanted[1]],
    ],
  ])('a pod that tolerates %s', async (_, tolerations, expected) => {
    const made = await run(defaultTolerationSeconds(), attempt({ metadata: {}, spec: { tolerations } }));
    expect(made!.spec.tolerations).toEqual(expected);
  });
});

test('a new node is tainted, once', async () => {
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const about = { resource: 'nodes', kind: 'Node' };
  expect((await run(taintNodesByCondition(), attempt({ metadata: {} }, about)))!.spec.taints).toEqual([taint]);
  const again = { metadata: {}, spec: { taints: [taint] } };
  expect((await run(taintNodesByCondition(), attempt(again, about)))!.spec.taints).toEqual([taint]);
});

test.each([
  ['', 'persistentvolumes', ['kubernetes.io/pv-protection']],
  ['', 'persistentvolumeclaims', ['kubernetes.io/pvc-protection']],
  ['storage.k8s.io', 'volumeattributesclasses', ['kubernetes.io/vac-protection']],
  ['', 'configmaps', undefined],
])('%s %s gets finalizers %j', async (group, resource, wanted) => {
  const made = await run(storageObjectInUseProtection(), attempt({ metadata: {} }, { group, resource }));
  expect(made!.metadata.finalizers).toEqual(wanted);
});

describe('topology labels', () => {
  const labels = { 'topology.kubernetes.io/zone': 'z', 'topology.kubernetes.io/region': 'r', 'kubernetes.io/hostname': 'h' };
  const plugin = podTopologyLabels(readerOf({ nodes: [{ metadata: { name: 'n', labels } }] }));
  const wanted = { 'topology.kubernetes.io/zone': 'z', 'topology.kubernetes.io/region': 'r' };
  test.each([
    ['a pod with a node', { metadata: {}, spec: { nodeName: 'n' } }, '', wanted],
    ['a pod without', { metadata: {}, spec: {} }, '', undefined],
    ['a binding', { metadata: { labels: { a: 'b' } }, target: { kind: 'Node', name: 'n' } }, 'binding', { a: 'b', ...wanted }],
    ['a binding to an unknown node', { metadata: {}, target: { kind: 'Node', name: 'm' } }, 'binding', undefined],
  ])('%s', async (_, object, subresource, expected) => {
    expect((await run(plugin, attempt(object, { subresource })))!.metadata.labels).toEqual(expected);
  });
});
