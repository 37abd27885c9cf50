import { attempt, readerOf, run } from '../testing/attributes.ts';
import { podSecurity } from './plugin.ts';

const namespace = (labels: Record<string, string>) => ({
  metadata: {
    name: 'ns',
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value])),
  },
});
const pod = (name: string, spec: object = {}) => ({
  metadata: { name, namespace: 'ns' },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});
const plugin = (labels: Record<string, string>, pods: object[] = []) =>
  podSecurity(readerOf({ namespaces: [namespace(labels)], pods }));
const WARNING = 'would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)';

test('what is enforced refuses pods, and warns of templates', async () => {
  const enforcing = plugin({ enforce: 'baseline' });
  await expect(run(enforcing, attempt(pod('p', { hostNetwork: true })))).rejects.toMatchObject({
    status: {
      code: 403,
      message: 'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    },
  });
  const about = { group: 'apps', resource: 'deployments', kind: 'Deployment' };
  const made = attempt({ metadata: { name: 'd' }, spec: { template: pod('', { hostNetwork: true }) } }, about);
  await run(enforcing, made);
  expect(made.warnings).toEqual([WARNING]);
});

test('what is warned of passes with a warning', async () => {
  const made = attempt(pod('p', { hostNetwork: true }));
  await run(plugin({ warn: 'baseline' }), made);
  expect(made.warnings).toEqual([WARNING]);
});

test.each([
  ['only labels change', {}, '', false],
  ['the image changes', { containers: [{ name: 'c', image: 'other' }] }, '', true],
  ['an ephemeral container comes', { ephemeralContainers: [{ name: 'e', image: 'i' }] }, 'ephemeralcontainers', true],
  ['the status changes', { containers: [{ name: 'c', image: 'other' }] }, 'status', false],
])('an update in which %s', async (_, change, subresource, isChecked) => {
  const about = { operation: 'UPDATE', subresource, old: pod('p', { hostNetwork: true }) } as const;
  const update = run(plugin({ enforce: 'baseline' }), attempt(pod('p', { hostNetwork: true, ...change }), about));
  await (isChecked ? expect(update).rejects.toThrow('violates PodSecurity') : expect(update).resolves.toBeDefined());
});

describe('namespaces', () => {
  const about = { resource: 'namespaces', kind: 'Namespace' };
  const update = (labels: Record<string, string>, old: Record<string, string>) =>
    attempt(namespace(labels), { ...about, operation: 'UPDATE', old: namespace(old) });

  test('labels that cannot be read are refused, unless they were there before', async () => {
    await expect(run(plugin({}), attempt(namespace({ enforce: 'x' }), about))).rejects.toMatchObject({ status: { code: 422 } });
    await expect(run(plugin({}), update({ enforce: 'x' }, {}))).rejects.toMatchObject({ status: { code: 422 } });
    await expect(run(plugin({}), update({ enforce: 'x' }, { enforce: 'x' }))).resolves.toBeDefined();
  });

  test('a stricter level warns of the pods that break it, by what they break', async () => {
    const owner = [{ kind: 'ReplicaSet', name: 'r', uid: 'u', apiVersion: 'apps/v1', controller: true }];
    const of = (name: string) => ({
      ...pod(name, { hostNetwork: true }),
      metadata: { name, namespace: 'ns', ownerReferences: owner },
    });
    const pods = [of('b'), of('a'), pod('c', { hostPID: true, volumes: [{ name: 'v', hostPath: { path: '/' } }] }), pod('fine')];
    const made = update({ enforce: 'baseline' }, {});
    await run(plugin({}, pods), made);
    expect(made.warnings).toEqual([
      'existing pods in namespace "ns" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 1 other pod): host namespaces',
      'c: host namespaces, hostPath volumes',
    ]);
    const looser = update({ enforce: 'baseline' }, { enforce: 'restricted' });
    await run(plugin({}, pods), looser);
    expect(looser.warnings).toEqual([]);
  });
});
