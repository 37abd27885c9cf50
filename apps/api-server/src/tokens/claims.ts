import type { JWTPayload } from 'jose';

export interface ObjectClaim {
  name: string;
  uid?: string;
}

/** The `kubernetes.io` claim of a bound service-account token (KEP-1205, KEP-4193). */
export interface KubernetesClaims {
  namespace: string;
  serviceaccount: ObjectClaim;
  pod?: ObjectClaim;
  secret?: ObjectClaim;
  node?: ObjectClaim;
  /** Unix seconds after which use of the token is worth a warning. */
  warnafter?: number;
}

export interface BoundPayload extends JWTPayload {
  'kubernetes.io': KubernetesClaims;
}

export interface ClaimsOptions {
  issuer: string;
  audiences: readonly string[];
  account: { namespace: string; name: string; uid: string };
  pod?: ObjectClaim;
  secret?: ObjectClaim;
  node?: ObjectClaim;
  now: Date;
  lifetimeSeconds: number;
  warnAfterSeconds?: number;
  id: string;
}

export const accountUser = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

/** The payload of a new token. */
export function boundClaims(options: ClaimsOptions): BoundPayload {
  const { issuer, audiences, account, pod, secret, node, now, lifetimeSeconds, warnAfterSeconds, id } = options;
  const issued = Math.floor(now.getTime() / 1000);
  return {
    aud: [...audiences],
    exp: issued + lifetimeSeconds,
    iat: issued,
    iss: issuer,
    jti: id,
    'kubernetes.io': {
      namespace: account.namespace,
      ...(node ? { node } : {}),
      ...(pod ? { pod } : {}),
      ...(secret ? { secret } : {}),
      serviceaccount: { name: account.name, uid: account.uid },
      ...(warnAfterSeconds ? { warnafter: issued + warnAfterSeconds } : {}),
    },
    nbf: issued,
    sub: accountUser(account.namespace, account.name),
  };
}

export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/** `extra` of the user that a token is for: the credential, pod and node. */
export function extraOf(id: string | undefined, { pod, node }: Pick<KubernetesClaims, 'pod' | 'node'>): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  const set = (key: string, value: string | undefined) => {
    if (value) extra[`authentication.kubernetes.io/${key}`] = [value];
  };
  if (id) extra[CREDENTIAL_ID] = [`JTI=${id}`];
  set('pod-name', pod?.name);
  set('pod-uid', pod?.uid);
  set('node-name', node?.name);
  set('node-uid', node?.uid);
  return extra;
}
