import { accessDenied, badRequest, goQuote, type UserInfo } from '@windlass/meta';
import type { AccessAttributes, Authorizer } from '../seams.ts';
import { ANONYMOUS, UNAUTHENTICATED, withAuthenticated } from './groups.ts';
import { headerValues, prefixedHeaders } from './raw-headers.ts';

const EXTRA = 'impersonate-extra-';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

const goList = (values: readonly string[] | undefined): string =>
  values?.length ? `[]string{${values.map(goQuote).join(', ')}}` : '[]string(nil)';

const goExtra = (extra: Record<string, string[]>): string => {
  const keys = Object.keys(extra).sort();
  return keys.length > 0
    ? `map[string][]string{${keys.map((key) => `${goQuote(key)}:${goList(extra[key])}`).join(', ')}}`
    : 'map[string][]string(nil)';
};

/** Who the Impersonate-* headers ask to be, as they stand. @throws StatusError 400 when they name no user */
export function requestedUser(rawHeaders: readonly string[]): UserInfo | undefined {
  const username = headerValues(rawHeaders, 'impersonate-user')[0] ?? '';
  const uid = headerValues(rawHeaders, 'impersonate-uid')[0] ?? '';
  const groups = headerValues(rawHeaders, 'impersonate-group');
  const extra = prefixedHeaders(rawHeaders, EXTRA);
  const hasExtra = Object.keys(extra).length > 0;
  if (!username) {
    if (!uid && groups.length === 0 && !hasExtra) return undefined;
    throw badRequest(
      `requested &user.DefaultInfo{Name:"", UID:${goQuote(uid)}, Groups:${goList(groups)}, Extra:${goExtra(extra)}} without impersonating a user name`,
    );
  }
  return { username, ...(uid ? { uid } : {}), groups, ...(hasExtra ? { extra } : {}) };
}

type Asked = Pick<AccessAttributes, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>;

/** What the requester must be allowed to impersonate: the user, each group, each extra value, the uid. */
function* asked({ username, uid, groups, extra = {} }: UserInfo): Generator<Asked> {
  const authentication = { group: 'authentication.k8s.io', namespace: '' };
  const account = SERVICE_ACCOUNT.exec(username);
  yield account
    ? { group: '', resource: 'serviceaccounts', subresource: '', namespace: account[1]!, name: account[2]! }
    : { group: '', resource: 'users', subresource: '', namespace: '', name: username };
  for (const name of groups) yield { group: '', resource: 'groups', subresource: '', namespace: '', name };
  for (const [key, values] of Object.entries(extra))
    for (const name of values) yield { ...authentication, resource: 'userextras', subresource: key, name };
  if (uid) yield { ...authentication, resource: 'uids', subresource: '', name: uid };
}

function withImpliedGroups(user: UserInfo): UserInfo {
  const account = SERVICE_ACCOUNT.exec(user.username);
  const groups =
    user.groups.length === 0 && account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : [...user.groups];
  if (user.username === ANONYMOUS && !groups.includes(UNAUTHENTICATED)) groups.push(UNAUTHENTICATED);
  return withAuthenticated({ ...user, groups });
}

/** The user that a request acts as: the requester, or whom it impersonates. @throws StatusError 400, 403 */
export async function impersonated(
  requester: UserInfo,
  rawHeaders: readonly string[],
  authorizer: Authorizer,
): Promise<UserInfo> {
  const wanted = requestedUser(rawHeaders);
  if (!wanted) return requester;
  for (const target of asked(wanted)) {
    const attributes = { user: requester, verb: 'impersonate', isResourceRequest: true, version: '', path: '', ...target };
    const { decision, reason } = await authorizer.authorize(attributes);
    if (decision !== 'allow') throw accessDenied({ ...target, user: requester.username, verb: 'impersonate', reason });
  }
  return withImpliedGroups(wanted);
}
