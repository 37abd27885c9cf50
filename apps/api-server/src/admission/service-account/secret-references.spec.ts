import type { Pod, PodSpec, ServiceAccount } from '@windlass/resources';
import { enforcesMountableSecrets, forbiddenEphemeralSecret, forbiddenSecret, referencesSecrets } from './secret-references.ts';

const account: ServiceAccount = { metadata: { name: 'sa' }, secrets: [{ name: 'good' }], imagePullSecrets: [{ name: 'pull' }] };
const pod = (spec: Partial<PodSpec>): Pod => ({ metadata: {}, spec: { containers: [], ...spec } });
const env = (name: string) => [{ name: 'E', valueFrom: { secretKeyRef: { name, key: 'k' } } }];
const reason = (what: string, kind = 'secret') =>
  `${what} is not allowed because service account sa does not reference that ${kind}`;

test.each<[string, Partial<PodSpec>, string | undefined]>([
  [
    'allowed secrets',
    { volumes: [{ name: 'v', secret: { secretName: 'good' } }], containers: [{ name: 'c', env: env('good') }] },
    undefined,
  ],
  ['a volume', { volumes: [{ name: 'v', secret: { secretName: 'bad' } }] }, reason('volume with secret.secretName="bad"')],
  [
    'a variable of an init container',
    { initContainers: [{ name: 'c', env: env('bad') }] },
    reason('init container c with envVar E referencing secret.secretName="bad"'),
  ],
  [
    'variables from a secret',
    { containers: [{ name: 'c', envFrom: [{ secretRef: { name: 'bad' } }] }] },
    reason('container c with envFrom referencing secret.secretName="bad"'),
  ],
  [
    'a pull secret',
    { imagePullSecrets: [{ name: 'pull' }, { name: 'good' }] },
    reason('imagePullSecrets[1].name="good"', 'imagePullSecret'),
  ],
])('%s', (_, spec, wanted) => {
  expect(forbiddenSecret(account, pod(spec))).toBe(wanted);
});

test('ephemeral containers', () => {
  expect(forbiddenEphemeralSecret(account, pod({ ephemeralContainers: [{ name: 'e', env: env('bad') }] }))).toBe(
    reason('ephemeral container e with envVar E referencing secret.secretName="bad"'),
  );
});

test('only accounts with the annotation are strict', () => {
  expect(enforcesMountableSecrets(account)).toBe(false);
  const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
  expect(enforcesMountableSecrets({ metadata: { annotations } })).toBe(true);
});

test.each<[Partial<PodSpec>, boolean]>([
  [{}, false],
  [{ volumes: [{ name: 'v', emptyDir: {} }] }, false],
  [{ volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 's' } }] } }] }, true],
  [{ containers: [{ name: 'c', env: env('s') }] }, true],
  [{ imagePullSecrets: [{ name: 's' }] }, true],
])('%j refers to secrets: %s', (spec, wanted) => {
  expect(Boolean(referencesSecrets(pod(spec)))).toBe(wanted);
});
