import type { UserInfo } from '@windlass/meta';

export const ANONYMOUS = 'system:anonymous';
export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';

/** The user as a member of system:authenticated, unless it says itself that nobody authenticated it. */
export function withAuthenticated(user: UserInfo): UserInfo {
  const { username, groups } = user;
  if (username === ANONYMOUS || groups.includes(AUTHENTICATED) || groups.includes(UNAUTHENTICATED)) return user;
  return { ...user, groups: [...groups, AUTHENTICATED] };
}
