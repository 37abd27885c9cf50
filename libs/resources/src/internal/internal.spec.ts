import { goStruct } from './go-struct.ts';
import { objectDiff } from './object-diff.ts';
import { goPodTemplate } from './pod-spec.ts';

test('a struct in Go names shows what is absent', () => {
  expect(goStruct('PodResourceClaim', { name: 'a' })).toEqual({
    Name: 'a',
    ResourceClaimName: null,
    ResourceClaimTemplateName: null,
  });
  expect(goStruct('Probe', { httpGet: { path: '/', port: 80, scheme: 'HTTP' } })).toMatchObject({
    Exec: null,
    HTTPGet: { Path: '/', Port: 80, Host: '', Scheme: 'HTTP', HTTPHeaders: null },
    InitialDelaySeconds: 0,
  });
});

test('the host namespaces of a pod stand in its security context', () => {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [], hostNetwork: true, securityContext: {} } };
  expect(goPodTemplate(template)).toMatchObject({ labels: { a: 'b' }, Spec: { SecurityContext: { HostNetwork: true } } });
});

test('a diff shows three lines around a change', () => {
  const before = { A: 1, B: 2, C: 3, D: 4, E: 5, F: 6, G: 7, H: 8 };
  expect(objectDiff(before, { ...before, E: 50 })).toBe(
    '@@ -3,7 +3,7 @@\n  "B": 2,\n  "C": 3,\n  "D": 4,\n- "E": 5,\n+ "E": 50,\n  "F": 6,\n  "G": 7,\n  "H": 8\n',
  );
});

test('far changes are hunks of their own, near ones share one', () => {
  const list = Array.from({ length: 30 }, (_, i) => i);
  const changed = list.map((value) => ([3, 6, 25].includes(value) ? -value : value));
  expect(objectDiff(list, changed).match(/@@ .* @@/g)).toEqual(['@@ -2,10 +2,10 @@', '@@ -24,7 +24,7 @@']);
});

test('additions and removals', () => {
  expect(objectDiff([1, 2], [1, 2, 3])).toBe('@@ -1,4 +1,5 @@\n [\n  1,\n- 2\n+ 2,\n+ 3\n ]\n');
});
