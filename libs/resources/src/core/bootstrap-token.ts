import type { Secret } from '../types.gen.ts';

/** Bootstrap tokens (`ID.SECRET`) and the secrets in kube-system that hold them. (k8s.io/cluster-bootstrap) */
export const BOOTSTRAP_TOKEN_TYPE = 'bootstrap.kubernetes.io/token';
export const BOOTSTRAPPERS = 'system:bootstrappers';
/** The group whose members kubeadm, and so this cluster, lets join as nodes. */
export const NODE_BOOTSTRAPPERS = `${BOOTSTRAPPERS}:kubeadm:default-node-token`;

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const NAME = /^bootstrap-token-([a-z0-9]{6})$/;
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

export type BootstrapUsage = 'signing' | 'authentication';

export interface BootstrapToken {
  id: string;
  secret: string;
}

/** @returns undefined for what is no bootstrap token */
export function parseBootstrapToken(text: string): BootstrapToken | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}

export const bootstrapSecretName = (id: string): string => `bootstrap-token-${id}`;

/** A text of a secret's data; '' where there is none. */
export const secretText = ({ data }: Pick<Secret, 'data'>, key: string): string =>
  Buffer.from(data?.[key] ?? '', 'base64').toString('utf8');

/** Milliseconds since the epoch; undefined: never. A time that cannot be read has passed. */
export function bootstrapTokenEnd(secret: Pick<Secret, 'data'>): number | undefined {
  const text = secretText(secret, 'expiration');
  if (!text) return undefined;
  const end = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(end) ? 0 : end;
}

/** The token that a secret holds for a usage; undefined when it holds none, does not allow the usage, or has expired. */
export function bootstrapTokenOf(secret: Secret, usage: BootstrapUsage, now: Date): BootstrapToken | undefined {
  if (secret.type !== BOOTSTRAP_TOKEN_TYPE || secret.metadata.deletionTimestamp) return undefined;
  const [id, value] = [secretText(secret, 'token-id'), secretText(secret, 'token-secret')];
  if (!id || !value || NAME.exec(secret.metadata.name ?? '')?.[1] !== id) return undefined;
  if (secretText(secret, `usage-bootstrap-${usage}`) !== 'true') return undefined;
  const end = bootstrapTokenEnd(secret);
  return end !== undefined && end <= now.getTime() ? undefined : { id, secret: value };
}

/** @returns what is wrong with a group that a token is to give; undefined when nothing is */
export const bootstrapGroupError = (group: string): string | undefined =>
  GROUP.test(group) ? undefined : `bootstrap group "${group}" is invalid (must match \\A${GROUP.source.slice(1, -1)}\\z)`;

/** The groups of whoever has the token, in order; undefined when one of them is none that a token may give. */
export function bootstrapGroups(secret: Pick<Secret, 'data'>): string[] | undefined {
  const extra = secretText(secret, 'auth-extra-groups').split(',').filter(Boolean);
  return extra.some(bootstrapGroupError) ? undefined : [...new Set([BOOTSTRAPPERS, ...extra])].sort();
}
