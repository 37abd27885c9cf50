import type { AnyObject } from '@windlass/meta';
import type { ClusterPki } from '@windlass/pki';
import { FRONT_PROXY } from '../authn/front-proxy-headers.ts';
import { type Bootstrap, ensureObject } from './ensure.ts';

const AUTHENTICATION = 'extension-apiserver-authentication';

/** What extension API servers need to trust requests that come through this one (kube-system/extension-apiserver-authentication). */
const authenticationData = (pki: ClusterPki): Record<string, string> => ({
  'client-ca-file': pki.caCert,
  'requestheader-allowed-names': JSON.stringify(FRONT_PROXY.allowedNames),
  'requestheader-client-ca-file': pki.frontProxyCaCert,
  'requestheader-extra-headers-prefix': JSON.stringify(FRONT_PROXY.extraPrefixes),
  'requestheader-group-headers': JSON.stringify(FRONT_PROXY.groupHeaders),
  'requestheader-username-headers': JSON.stringify(FRONT_PROXY.usernameHeaders),
});

const configMap = (name: string, data: Record<string, string>): AnyObject =>
  ({ metadata: { name, namespace: 'kube-system' }, data }) as unknown as AnyObject;

export async function ensureConfigMaps(bootstrap: Bootstrap, pki: ClusterPki, now: Date): Promise<void> {
  const data = authenticationData(pki);
  const existing = bootstrap.reader.get('', 'configmaps', 'kube-system', AUTHENTICATION);
  const differs = Object.entries(data).some(([key, value]) => existing?.data?.[key] !== value);
  await Promise.all([
    existing && differs
      ? bootstrap.writer.modify('', 'configmaps', 'kube-system', AUTHENTICATION, (object) => ({
          ...object,
          data: { ...object.data, ...data },
        }))
      : ensureObject(bootstrap, '', 'configmaps', configMap(AUTHENTICATION, data)),
    ensureObject(
      bootstrap,
      '',
      'configmaps',
      configMap('kube-apiserver-legacy-service-account-token-tracking', { since: now.toISOString().slice(0, 10) }),
    ),
  ]);
}
