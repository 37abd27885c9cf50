import { createHash } from 'node:crypto';

/** `length` characters of [a-z0-9] that stand for `text`. */
export const shortHash = (text: string, length: number): string =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 24)}`)
    .toString(36)
    .padStart(length, '0')
    .slice(-length);

/**
 * Names of a cluster's things on this host. Interface names have at most 15 bytes (IFNAMSIZ, net/if.h), so they carry hashes; everything
 * of one cluster shares the prefix, which is how {@link removeMachines} finds leftovers.
 */
export function machineNames(cluster: string) {
  const prefix = `wl${shortHash(cluster, 5)}`;
  return {
    prefix,
    bridge: `${prefix}br`,
    /** Table of the host's own masquerading. */
    table: `${prefix}-host`,
    namespace: (node: string) => `${prefix}-${node}`,
    /** The host's end of a node's link. */
    link: (node: string) => `${prefix}-${shortHash(node, 6)}`,
  };
}

/** A locally administered unicast MAC that is always the same for `text`. */
export function stableMac(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return ['0a', ...[0, 2, 4, 6, 8].map((at) => hex.slice(at, at + 2))].join(':');
}
