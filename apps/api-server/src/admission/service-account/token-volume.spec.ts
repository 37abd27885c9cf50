import type { Pod, ServiceAccount } from '@windlass/resources';
import { mountToken, wantsToken } from './token-volume.ts';

const account = (automountServiceAccountToken?: boolean): ServiceAccount => ({ metadata: {}, automountServiceAccountToken });
const pod = (spec: Partial<Pod['spec']>): Pod => ({ metadata: {}, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });

test.each([
  [undefined, undefined, true],
  [true, undefined, true],
  [false, undefined, false],
  [undefined, true, true],
  [true, true, true],
  [false, true, true],
  [undefined, false, false],
  [true, false, false],
  [false, false, false],
])('account %s, pod %s: mounted %s', (ofAccount, ofPod, wanted) => {
  expect(wantsToken(account(ofAccount), pod({ automountServiceAccountToken: ofPod }))).toBe(wanted);
});

test('every container gets the mount, the pod one volume', () => {
  const made = pod({ initContainers: [{ name: 'i' }] });
  mountToken(made, 'abcde');
  const mount = { name: 'kube-api-access-abcde', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  expect([...made.spec.initContainers!, ...made.spec.containers].map(({ volumeMounts }) => volumeMounts)).toEqual([
    [mount],
    [mount],
  ]);
  expect(made.spec.volumes).toHaveLength(1);
  expect(made.spec.volumes![0]).toMatchObject({ name: mount.name, projected: { defaultMode: 420 } });
});

test('what is mounted there already stays, and then no volume is needed', () => {
  const own = { name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const made = pod({ containers: [{ name: 'c', volumeMounts: [own] }] });
  mountToken(made, 'abcde');
  expect(made.spec).toEqual({ containers: [{ name: 'c', volumeMounts: [own] }] });
});

test('a volume of an earlier admission is used again', () => {
  const made = pod({ volumes: [{ name: 'kube-api-access-first' }] });
  mountToken(made, 'abcde');
  expect(made.spec.volumes).toHaveLength(1);
  expect(made.spec.containers[0]!.volumeMounts![0]!.name).toBe('kube-api-access-first');
});
