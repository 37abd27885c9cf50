import type { Container, EphemeralContainer, Pod, ServiceAccount } from '@windlass/resources';
import { allContainers } from '@windlass/resources';

/** An account with this annotation lets its pods use only the secrets that it lists. */
export const enforcesMountableSecrets = ({ metadata }: ServiceAccount): boolean =>
  ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(metadata.annotations?.['kubernetes.io/enforce-mountable-secrets'] ?? '');

const nameOf = ({ name }: { name?: string }): string => name ?? '';

function* foreignSecrets(
  what: string,
  containers: readonly (Container | EphemeralContainer)[],
  allowed: ReadonlySet<string>,
): Generator<string> {
  for (const { name, env, envFrom } of containers) {
    for (const variable of env ?? []) {
      const secret = variable.valueFrom?.secretKeyRef;
      if (secret && !allowed.has(nameOf(secret)))
        yield `${what} ${name} with envVar ${variable.name} referencing secret.secretName="${nameOf(secret)}"`;
    }
    for (const { secretRef } of envFrom ?? [])
      if (secretRef && !allowed.has(nameOf(secretRef)))
        yield `${what} ${name} with envFrom referencing secret.secretName="${nameOf(secretRef)}"`;
  }
}

const mountable = ({ secrets }: ServiceAccount): ReadonlySet<string> => new Set((secrets ?? []).map(nameOf));

const refusal = (account: ServiceAccount, what: string, kind = 'secret'): string =>
  `${what} is not allowed because service account ${account.metadata.name} does not reference that ${kind}`;

/** @returns why a pod may not use one of its secrets, undefined when it may use all */
export function forbiddenSecret(account: ServiceAccount, { spec }: Pod): string | undefined {
  const allowed = mountable(account);
  for (const { secret } of spec.volumes ?? [])
    if (secret && !allowed.has(secret.secretName ?? ''))
      return refusal(account, `volume with secret.secretName="${secret.secretName ?? ''}"`);
  for (const what of foreignSecrets('init container', spec.initContainers ?? [], allowed)) return refusal(account, what);
  for (const what of foreignSecrets('container', spec.containers ?? [], allowed)) return refusal(account, what);
  const pullSecrets = new Set((account.imagePullSecrets ?? []).map(nameOf));
  for (const [i, reference] of (spec.imagePullSecrets ?? []).entries())
    if (!pullSecrets.has(nameOf(reference)))
      return refusal(account, `imagePullSecrets[${i}].name="${nameOf(reference)}"`, 'imagePullSecret');
  return undefined;
}

/** {@link forbiddenSecret} of the ephemeral containers alone. */
export function forbiddenEphemeralSecret(account: ServiceAccount, { spec }: Pod): string | undefined {
  for (const what of foreignSecrets('ephemeral container', spec.ephemeralContainers ?? [], mountable(account)))
    return refusal(account, what);
  return undefined;
}

/** podutil.VisitPodSecretNames: whether anything in a pod refers to a secret. */
export function referencesSecrets({ spec }: Pod): boolean {
  if (spec.imagePullSecrets?.length) return true;
  const inEnvironment = allContainers(spec).some(
    ({ env, envFrom }) => env?.some(({ valueFrom }) => valueFrom?.secretKeyRef) || envFrom?.some(({ secretRef }) => secretRef),
  );
  if (inEnvironment) return true;
  return (spec.volumes ?? []).some(
    (volume) =>
      volume.secret ||
      volume.azureFile ||
      volume.projected?.sources?.some(({ secret }) => secret) ||
      volume.csi?.nodePublishSecretRef ||
      [volume.cephfs, volume.cinder, volume.flexVolume, volume.rbd, volume.scaleIO, volume.iscsi, volume.storageos].some(
        (source) => source?.secretRef,
      ),
  );
}
