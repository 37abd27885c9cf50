import { isMirror, isStatic, mirrorOf, staticPod } from './manifest.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const text = (image = 'i', more = '') => `apiVersion: v1
kind: Pod
metadata: { name: web, labels: { a: b } }
spec: { containers: [{ name: c, image: ${image} }]${more} }
`;

test('a static pod: name, namespace, node, annotations, tolerations, defaults', () => {
  const pod = staticPod(text(), '/m/web.yaml', 'node-1', NOW);
  const { uid } = pod.metadata;
  expect(pod.metadata).toMatchObject({ name: 'web-node-1', namespace: 'default', labels: { a: 'b' } });
  expect(pod.metadata.annotations).toEqual({
    'kubernetes.io/config.hash': uid,
    'kubernetes.io/config.source': 'file',
    'kubernetes.io/config.seen': '2026-01-01T00:00:00.000Z',
  });
  expect(pod.spec).toMatchObject({
    nodeName: 'node-1',
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
  });
  expect([isStatic(pod), isMirror(pod)]).toEqual([true, false]);
});

test('its uid follows node, file and content, and nothing else', () => {
  const uid = (...args: Parameters<typeof staticPod>) => staticPod(...args).metadata.uid;
  const first = uid(text(), '/m/a', 'n', NOW);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(uid(text(), '/m/a', 'n', new Date(0))).toBe(first);
  expect(
    new Set([first, uid(text('j'), '/m/a', 'n', NOW), uid(text(), '/m/b', 'n', NOW), uid(text(), '/m/a', 'o', NOW)]).size,
  ).toBe(4);
});

test('its mirror', () => {
  const pod = staticPod(text(), '/m/web.yaml', 'n', NOW);
  const mirror = mirrorOf(pod, { name: 'n', uid: 'u' });
  expect(mirror.metadata.uid).toBeUndefined();
  expect(mirror.metadata.annotations?.['kubernetes.io/config.mirror']).toBe(pod.metadata.uid);
  expect(mirror.metadata.ownerReferences).toEqual([{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u', controller: true }]);
  expect([isStatic(mirror), isMirror(mirror)]).toEqual([false, true]);
});

test.each([
  ['a: [', /./],
  ['', /want one pod, found 0 documents|want a v1 Pod/],
  [`${text()}---\n${text()}`, /want one pod, found 2 documents/],
  [text().replace('kind: Pod', 'kind: Deployment'), /want a v1 Pod, found v1 Deployment/],
  [text('i', ', serviceAccountName: x'), /static pods may not reference serviceAccounts/],
  [text('i', ', volumes: [{ name: v, secret: { secretName: s } }]'), /may not reference configmaps, secrets/],
  [text().replace('name: c', 'name: C_'), /spec\.containers\[0\]\.name/],
])('refused: %j', (manifest, why) => expect(() => staticPod(manifest, '/f', 'n', NOW)).toThrow(why));
