import { setTimeout as sleep } from 'node:timers/promises';
import type { AdmissionAttributes, AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { randomSuffix } from '@windlass/meta';
import type { Pod, ServiceAccount } from '@windlass/resources';
import { isMirrorPod, isPods, podOf } from '../pods.ts';
import { refused } from '../refused.ts';
import { enforcesMountableSecrets, forbiddenEphemeralSecret, forbiddenSecret, referencesSecrets } from './secret-references.ts';
import { mountToken, wantsToken } from './token-volume.ts';

const DEFAULT = 'default';
/** A new namespace gets its default account a moment later, from a controller. */
const DEFAULT_ATTEMPTS = 10;
const RETRY_MS = 100;

function checkMirror(attributes: AdmissionAttributes, pod: Pod): void {
  if (pod.spec.serviceAccountName) throw refused(attributes, 'a mirror pod may not reference service accounts');
  if (referencesSecrets(pod)) throw refused(attributes, 'a mirror pod may not reference secrets');
  if (pod.spec.volumes?.some(({ projected }) => projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken)))
    throw refused(attributes, 'a mirror pod may not use ServiceAccountToken volume projections');
}

/** Every pod runs as an account that exists, with a token of it mounted and its pull secrets. */
export function serviceAccount(reader: ResourceReader, random: () => number = Math.random): AdmissionPlugin {
  async function accountOf(attributes: AdmissionAttributes, name: string): Promise<ServiceAccount> {
    const { namespace } = attributes;
    const attempts = name === DEFAULT ? DEFAULT_ATTEMPTS : 1;
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await sleep(RETRY_MS);
      const found =
        reader.get('', 'serviceaccounts', namespace, name) ?? (await reader.getFresh('', 'serviceaccounts', namespace, name));
      if (found) return found as unknown as ServiceAccount;
    }
    throw refused(attributes, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
  }

  return {
    name: 'ServiceAccount',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    async admit(attributes) {
      if (attributes.operation !== 'CREATE' || !isPods(attributes)) return;
      const pod = podOf(attributes);
      if (isMirrorPod(pod)) return checkMirror(attributes, pod);
      pod.spec.serviceAccountName ||= DEFAULT;
      pod.spec.serviceAccount = pod.spec.serviceAccountName;
      const account = await accountOf(attributes, pod.spec.serviceAccountName);
      if (wantsToken(account, pod)) mountToken(pod, randomSuffix(random));
      if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length)
        pod.spec.imagePullSecrets = account.imagePullSecrets.map(({ name }) => ({ name }));
    },
    async validate(attributes) {
      const { operation } = attributes;
      const ephemeral = operation === 'UPDATE' && isPods(attributes, 'ephemeralcontainers');
      if (!ephemeral && !(operation === 'CREATE' && isPods(attributes))) return;
      const pod = podOf(attributes);
      if (!ephemeral && isMirrorPod(pod)) return checkMirror(attributes, pod);
      const { serviceAccountName = '' } = pod.spec;
      if (!serviceAccountName) {
        if (ephemeral) return;
        throw refused(attributes, `no service account specified for pod ${attributes.namespace}/${pod.metadata.name ?? ''}`);
      }
      const account = await accountOf(attributes, serviceAccountName);
      if (!enforcesMountableSecrets(account)) return;
      const reason = (ephemeral ? forbiddenEphemeralSecret : forbiddenSecret)(account, pod);
      if (reason) throw refused(attributes, reason);
    },
  };
}
