import { shortHash } from '@windlass/host';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '@windlass/resources';
import type { PodView } from './pod-view.ts';
import type { SetContents } from './policy-plan.ts';

/** One `ingress` or `egress` rule. */
export interface PolicyRule {
  peers: readonly NetworkPolicyPeer[] | undefined;
  ports: readonly NetworkPolicyPort[] | undefined;
}

export type Direction = 'ingress' | 'egress';

/** What rules may ask of the cluster. */
export interface RuleContext {
  direction: Direction;
  /** Pods of the policy's own side that the chain is for; named ports of an ingress rule are theirs. */
  subjects: PodGroup;
  /** Pods that a peer with selectors means. */
  podsOf(peer: NetworkPolicyPeer): PodGroup;
  /** Declares a set and returns its name, which follows from `id`: members come and go under the same name. */
  addSet(id: string, contents: SetContents): string;
}

/** Pods, and what tells this group from others. */
export interface PodGroup {
  id: string;
  pods: readonly PodView[];
}

const MATCH = { ingress: 'ip saddr', egress: 'ip daddr' } as const;

/** nftables matches of one rule, in the order peers × ports; a packet that one of them fits is allowed. Pure. */
export function matchesOf({ peers, ports }: PolicyRule, context: RuleContext): string[] {
  const from = peers?.length ? peers : [undefined];
  const to = ports?.length ? ports : [undefined];
  return from.flatMap((peer) => to.flatMap((port) => matchOf(peer, port, context) ?? []));
}

function matchOf(
  peer: NetworkPolicyPeer | undefined,
  port: NetworkPolicyPort | undefined,
  context: RuleContext,
): string | undefined {
  const named = typeof port?.port === 'string';
  if (named) return namedPort(peer, port, context);
  const who = peer ? peerMatch(peer, context) : '';
  return who === undefined ? undefined : [who, port ? portMatch(port) : ''].filter(Boolean).join(' ');
}

function peerMatch(peer: NetworkPolicyPeer, { direction, podsOf, addSet }: RuleContext): string | undefined {
  const address = MATCH[direction];
  const block = peer.ipBlock;
  if (block) {
    if (block.cidr.includes(':')) return undefined;
    const except = (block.except ?? []).filter((cidr) => !cidr.includes(':'));
    const without = except.length > 0 ? ` ${address} != { ${except.join(', ')} }` : '';
    return `${address} ${block.cidr}${without}`;
  }
  const { id, pods } = podsOf(peer);
  return `${address} @${addSet(id, { body: 'type ipv4_addr;', elements: pods.flatMap(({ ips }) => ips) })}`;
}

function portMatch({ protocol = 'TCP', port, endPort }: NetworkPolicyPort): string {
  const name = protocol.toLowerCase();
  if (port === undefined) return `meta l4proto ${name}`;
  return `${name} dport ${port}${endPort ? `-${endPort}` : ''}`;
}

const NAMED_PORTS = 'type ipv4_addr . inet_proto . inet_service;';

/** A named port is a number of the pod that is dialled, so the set pairs addresses with ports. */
function namedPort(peer: NetworkPolicyPeer | undefined, port: NetworkPolicyPort, context: RuleContext): string | undefined {
  const { direction, subjects, podsOf, addSet } = context;
  const { protocol = 'TCP', port: name } = port;
  const dialled = direction === 'ingress' ? subjects : peer && !peer.ipBlock ? podsOf(peer) : { id: '', pods: [] };
  const elements = dialled.pods.flatMap(({ ips, ports }) =>
    ports
      .filter((candidate) => candidate.name === name && candidate.protocol === protocol)
      .flatMap(({ number }) => ips.map((ip) => `${ip} . ${protocol.toLowerCase()} . ${number}`)),
  );
  const set = addSet(`${direction} ${dialled.id} ${protocol} ${name}`, { body: NAMED_PORTS, elements });
  const target = `ip daddr . meta l4proto . th dport @${set}`;
  if (direction === 'egress' || !peer) return target;
  const who = peerMatch(peer, context);
  return who === undefined ? undefined : `${who} ${target}`;
}

/** Names of sets and chains: short, and the same for the same text. */
export const nameOf = (prefix: string, ...about: readonly string[]): string => `${prefix}_${shortHash(about.join('\n'), 12)}`;
