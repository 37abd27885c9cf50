import type { UserInfo } from '@windlass/meta';
import type { CompiledIssuer, Mapping } from './compile.ts';
import { evaluateExpression } from './expressions.ts';

export type Claims = Record<string, unknown>;

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

function stringOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${what} must be a string`);
}

/** A string is a list of one, nothing is none. @throws Error for what is no list of strings */
function stringsOf(value: unknown, what: string): string[] {
  if (isEmpty(value)) return [];
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((item) => typeof item === 'string')) throw new Error(`${what} must be a string or a list of strings`);
  return (list as string[]).filter((item) => item !== '');
}

const read = (mapping: Mapping, claims: Claims): unknown =>
  'program' in mapping ? evaluateExpression(mapping.program, 'claims', claims) : claims[mapping.claim];

function checkRules({ claimRules }: CompiledIssuer, claims: Claims): void {
  for (const rule of claimRules) {
    if ('program' in rule) {
      if (evaluateExpression(rule.program, 'claims', claims) !== true)
        throw new Error(`validation expression '${rule.program.source}' failed: ${rule.message}`);
    } else if (!(rule.claim in claims)) throw new Error(`required claim ${rule.claim} not present in ID token`);
    else if (claims[rule.claim] !== rule.requiredValue)
      throw new Error(
        `required claim ${rule.claim} value does not match. Got = ${String(claims[rule.claim])}, want = ${rule.requiredValue}`,
      );
  }
}

function usernameOf(mapping: Mapping, claims: Claims): string {
  if ('program' in mapping) {
    const username = stringOf(read(mapping, claims), 'username expression');
    if (!username) throw new Error('username claim is empty');
    return username;
  }
  const { claim, prefix } = mapping;
  if (!(claim in claims)) throw new Error(`parse username claims ${JSON.stringify(claim)}: claim not present`);
  const username = stringOf(claims[claim], `username claim ${JSON.stringify(claim)}`);
  // A mail address is somebody's only when the issuer has seen to it.
  if (claim === 'email' && 'email_verified' in claims && claims.email_verified !== true) throw new Error('email not verified');
  return prefix + username;
}

/**
 * Who the bearer of a token with these claims is. (plugin/pkg/auth/authenticator/token/oidc)
 * @throws Error with the reason why the claims are nobody's
 */
export function userOf(issuer: CompiledIssuer, claims: Claims): UserInfo {
  const username = usernameOf(issuer.username, claims);
  checkRules(issuer, claims);
  const { groups, uid } = issuer;
  const prefix = groups && 'claim' in groups ? groups.prefix : '';
  const extra: Record<string, string[]> = {};
  for (const { key, program } of issuer.extra) {
    const values = stringsOf(evaluateExpression(program, 'claims', claims), `extra ${key}`);
    if (values.length > 0) extra[key] = values;
  }
  if (typeof claims.jti === 'string' && claims.jti) extra['authentication.kubernetes.io/credential-id'] = [`JTI=${claims.jti}`];
  const id = uid && read(uid, claims);
  const user: UserInfo = {
    username,
    groups: groups ? stringsOf(read(groups, claims), 'groups').map((group) => prefix + group) : [],
    ...(isEmpty(id) ? {} : { uid: stringOf(id, 'uid') }),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
  const seen = { username: user.username, uid: user.uid ?? '', groups: [...user.groups], extra };
  for (const { program, message } of issuer.userRules)
    if (evaluateExpression(program, 'user', seen) !== true)
      throw new Error(`validation expression '${program.source}' failed: ${message}`);
  return user;
}
