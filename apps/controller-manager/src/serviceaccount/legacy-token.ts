import type { Secret, ServiceAccount } from '@windlass/resources';

export const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The name of the account that a secret is to hold a token of. */
export const accountNameOf = ({ metadata }: Secret): string => metadata.annotations?.[NAME] ?? '';

/** Whether a secret is of this account, and not of one of that name that was there before. */
export function isOf({ metadata }: Secret, account: ServiceAccount): boolean {
  const uid = metadata.annotations?.[UID] ?? '';
  return metadata.annotations?.[NAME] === account.metadata.name && (uid === '' || uid === account.metadata.uid);
}

/** What a token says that lives in a secret and has no end. */
export const legacyClaims = (secret: Secret, account: ServiceAccount): object => {
  const { namespace, name, uid } = account.metadata;
  const claim = 'kubernetes.io/serviceaccount';
  return {
    iss: 'kubernetes/serviceaccount',
    [`${claim}/namespace`]: namespace,
    [`${claim}/secret.name`]: secret.metadata.name,
    [`${claim}/service-account.name`]: name,
    [`${claim}/service-account.uid`]: uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
};

/**
 * The secret with what it lacks: token, namespace, the authority, the account's uid; undefined when it lacks nothing.
 * (pkg/controller/serviceaccount/tokens_controller.go)
 */
export function completed(secret: Secret, account: ServiceAccount, rootCa: string, token: () => string): Secret | undefined {
  const data = { ...secret.data };
  if (rootCa) data['ca.crt'] = base64(rootCa);
  data.namespace ||= base64(account.metadata.namespace ?? '');
  data.token ||= base64(token());
  const annotations = { ...secret.metadata.annotations, [NAME]: account.metadata.name!, [UID]: account.metadata.uid! };
  const same =
    Object.entries(data).every(([key, value]) => secret.data?.[key] === value) &&
    secret.metadata.annotations?.[UID] === annotations[UID];
  return same ? undefined : { ...secret, metadata: { ...secret.metadata, annotations }, data };
}
