import {
  BOOTSTRAP_TOKEN_TYPE,
  type BootstrapToken,
  type BootstrapUsage,
  bootstrapGroupError,
  bootstrapSecretName,
  bootstrapTokenEnd,
  type Secret,
  secretText,
} from '@windlass/resources';

const USAGES: readonly BootstrapUsage[] = ['authentication', 'signing'];

export interface TokenOptions {
  /** 0: for ever. */
  ttlMs: number;
  usages: readonly string[];
  groups: readonly string[];
  description?: string;
}

/** @returns one line per mistake */
export const tokenMistakes = ({ ttlMs, usages, groups }: TokenOptions): string[] => [
  ...(ttlMs < 0 ? ['--ttl: want a time to come, or 0'] : []),
  ...usages
    .filter((usage) => !USAGES.includes(usage as BootstrapUsage))
    .map((usage) => `--usages ${usage}: want ${USAGES.join(' or ')}`),
  ...groups.flatMap((group) => bootstrapGroupError(group) ?? []),
  ...(groups.length > 0 && !usages.includes('authentication')
    ? ['--groups: without the usage authentication they have no effect']
    : []),
];

/** The secret that holds a token, as kubeadm writes it. */
export function tokenSecret(
  { id, secret }: BootstrapToken,
  { ttlMs, usages, groups, description }: TokenOptions,
  now: Date,
): Secret {
  const data: Record<string, string> = { 'token-id': id, 'token-secret': secret };
  if (description) data.description = description;
  if (ttlMs > 0) data.expiration = `${new Date(now.getTime() + ttlMs).toISOString().slice(0, 19)}Z`;
  for (const usage of usages) data[`usage-bootstrap-${usage}`] = 'true';
  if (groups.length > 0) data['auth-extra-groups'] = groups.join(',');
  return {
    metadata: { name: bootstrapSecretName(id), namespace: 'kube-system' },
    type: BOOTSTRAP_TOKEN_TYPE,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}

export interface TokenRow {
  token: string;
  /** Milliseconds that are left; undefined: for ever. */
  leftMs?: number;
  expires?: string;
  usages: string[];
  description: string;
  groups: string;
}

/** What a secret says of its token; undefined when it holds none. */
export function tokenRow(secret: Secret, now: Date): TokenRow | undefined {
  const text = (key: string) => secretText(secret, key);
  if (!text('token-id') || !text('token-secret')) return undefined;
  const end = bootstrapTokenEnd(secret);
  return {
    token: `${text('token-id')}.${text('token-secret')}`,
    ...(end === undefined ? {} : { leftMs: Math.max(0, end - now.getTime()), expires: text('expiration') }),
    usages: USAGES.filter((usage) => text(`usage-bootstrap-${usage}`) === 'true'),
    description: text('description'),
    groups: text('auth-extra-groups'),
  };
}
