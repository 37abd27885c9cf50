import { createHash, X509Certificate } from 'node:crypto';
import { createClient } from '@windlass/client';
import { isSignedBy } from '@windlass/pki';
import { type ConfigMap, parseBootstrapToken } from '@windlass/resources';
import { parse } from 'yaml';

const CONFIG_MAPS = { group: '', version: 'v1', resource: 'configmaps', namespaced: true, kind: 'ConfigMap' } as const;

/** `sha256:HEX` of a certificate's public key (SubjectPublicKeyInfo), as kubeadm prints it. */
export const publicKeyHash = (cert: string): string => {
  const der = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
};

/**
 * The cluster's authority (PEM) from the data of ConfigMap kube-public/cluster-info.
 * @param hashes of public keys of which the authority must have one; none: the token's signature alone vouches
 * @throws Error when the token did not sign it, or the authority is another
 */
export function authorityOf(data: Record<string, string>, token: string, hashes: readonly string[]): string {
  const { id, secret } = parseBootstrapToken(token)!;
  const { kubeconfig, [`jws-kubeconfig-${id}`]: signature } = data;
  if (!kubeconfig) throw new Error('the cluster-info of this server has no kubeconfig');
  if (!signature)
    throw new Error(
      `token id ${JSON.stringify(id)} is invalid for this cluster or it has expired: make one with windlass token create`,
    );
  if (!isSignedBy(signature, kubeconfig, id, secret))
    throw new Error(
      'the cluster-info is not signed with this token: the token is wrong, or this is not the server that it is for',
    );
  const { clusters } = parse(kubeconfig) as { clusters?: { cluster: { 'certificate-authority-data'?: string } }[] };
  const encoded = clusters?.[0]?.cluster['certificate-authority-data'];
  if (!encoded) throw new Error('the cluster-info of this server names no authority');
  const cert = Buffer.from(encoded, 'base64').toString();
  const found = publicKeyHash(cert);
  if (hashes.length > 0 && !hashes.some((hash) => hash.toLowerCase() === found))
    throw new Error(`the cluster's authority has the public key ${found}, which is not among --ca-cert-hash ${hashes.join(' ')}`);
  return cert;
}

/** Reads cluster-info without trusting the server, checks it, and reads it again through the authority that it names. @returns PEM */
export async function discoverAuthority(server: string, token: string, hashes: readonly string[]): Promise<string> {
  const read = async (ca?: string): Promise<Record<string, string>> => {
    const client = createClient({ server, ca, insecureSkipTlsVerify: ca === undefined }, { userAgent: 'windlass-agent' });
    try {
      const found = await client.resource<ConfigMap>(CONFIG_MAPS).get({ namespace: 'kube-public', name: 'cluster-info' });
      return (found.data ?? {}) as Record<string, string>;
    } finally {
      client.close();
    }
  };
  const ca = authorityOf(await read(), token, hashes);
  authorityOf(await read(ca), token, hashes);
  return ca;
}
