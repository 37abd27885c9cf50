import type { UserInfo } from '@windlass/meta';

const PREFIX = 'system:node:';

/** The node that a user is: '' for a member of system:nodes without a node's name, undefined for everyone else. */
export function nodeOf({ username, groups }: UserInfo): string | undefined {
  if (!username.startsWith(PREFIX) || !groups.includes('system:nodes')) return undefined;
  return username.slice(PREFIX.length);
}
