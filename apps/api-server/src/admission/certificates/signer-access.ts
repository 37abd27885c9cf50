import type { Authorizer } from '@windlass/apiserver';
import type { UserInfo } from '@windlass/meta';

/** Whether a user may `approve`, `sign` or `attest` for a signer, named by itself or as `DOMAIN/*`. (pkg/certauthorization) */
export async function mayActFor(authorizer: Authorizer, user: UserInfo, verb: string, signerName: string): Promise<boolean> {
  for (const name of [signerName, `${signerName.split('/')[0]}/*`]) {
    const { decision } = await authorizer.authorize({
      user,
      verb,
      isResourceRequest: true,
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
      path: '',
    });
    if (decision === 'allow') return true;
  }
  return false;
}
