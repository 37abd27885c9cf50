import { FilterState } from './filter-state.ts';
import { assume } from './node-state.ts';
import { preempt, unavailableMessage } from './preempt.ts';
import { scores } from './scores.ts';
import type { Cluster, NodeState, PodFacts, Refusal } from './types.ts';
import { claimsOf, isRefusal, type VolumePlan } from './volumes.ts';

export type Placement = Placed | Unplaced;

export interface Placed {
  pod: PodFacts;
  node: string;
  volumes: VolumePlan;
}

export interface Unplaced {
  pod: PodFacts;
  node?: undefined;
  message: string;
  /** Pods that are to leave `on`, so that this one may go there. */
  preemption?: { on: string; victims: readonly PodFacts[] };
}

interface Failure {
  message: string;
  refusals: ReadonlyMap<string, Refusal>;
  state?: FilterState;
}

function bestOf(pod: PodFacts, feasible: readonly NodeState[], cluster: Cluster): NodeState {
  const totals = feasible.length > 1 ? scores(pod, feasible, cluster) : [0];
  let best = 0;
  for (let i = 1; i < feasible.length; i++) {
    const better = totals[i]! - totals[best]!;
    if (better > 0 || (better === 0 && feasible[i]!.facts.name < feasible[best]!.facts.name)) best = i;
  }
  return feasible[best]!;
}

function find(pod: PodFacts, cluster: Cluster): Placed | Failure {
  const { nodes, volumes } = cluster;
  const refusals = new Map<string, Refusal>();
  if (nodes.length === 0) return { message: 'no nodes available to schedule pods', refusals };
  const claims = claimsOf(pod, volumes);
  if (typeof claims === 'string') return { message: `0/${nodes.length} nodes are available: ${claims}.`, refusals };
  const state = FilterState.of(pod, claims, cluster);
  const plans = new Map<NodeState, VolumePlan>();
  // The node that was cleared for the pod comes first, and is enough.
  const nominated = nodes.find(({ facts }) => facts.name === pod.nominatedNode);
  for (const node of nominated ? [nominated, ...nodes.filter((each) => each !== nominated)] : nodes) {
    const found = state.checkWithNominated(node);
    if (isRefusal(found)) refusals.set(node.facts.name, found);
    else plans.set(node, found);
    if (node === nominated && !isRefusal(found)) break;
  }
  if (plans.size === 0) return { message: unavailableMessage(nodes.length, refusals.values()), refusals, state };
  const node = bestOf(pod, [...plans.keys()], cluster);
  return { pod, node: node.facts.name, volumes: plans.get(node)! };
}

/** Where one pod goes. Equal scores are decided by name, so that equal input gives equal output. */
export function placeOne(pod: PodFacts, cluster: Cluster): Placement {
  const found = find(pod, cluster);
  if ('node' in found) return found;
  if (cluster.nodes.length === 0) return { pod, message: found.message };
  const way = preempt(pod, found.state, found.refusals, cluster);
  if ('message' in way) return { pod, message: `${found.message} ${way.message}` };
  return { pod, message: found.message, preemption: { on: way.node, victims: way.victims } };
}

/** Places a wave: higher priority first, then in the given order. Every placement and every nomination counts for the next ones: `cluster` carries the books. */
export function placeWave(pods: readonly PodFacts[], cluster: Cluster): Placement[] {
  const byName = new Map(cluster.nodes.map((node) => [node.facts.name, node]));
  return [...pods]
    .sort((a, b) => b.priority - a.priority)
    .map((pod) => {
      const placement = placeOne(pod, cluster);
      if (placement.node !== undefined) {
        assume(byName.get(placement.node)!, pod);
        cluster.volumes.assume(placement.volumes);
        if (pod.nominatedNode !== undefined) byName.get(pod.nominatedNode)?.nominated.delete(pod.uid);
      } else if (placement.preemption) {
        const node = byName.get(placement.preemption.on)!;
        node.nominated.set(pod.uid, pod);
        for (const victim of placement.preemption.victims)
          node.pods.set(victim.uid, { ...victim, terminating: true, preempted: true });
      }
      return placement;
    });
}
