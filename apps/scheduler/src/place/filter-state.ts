import { nodeRefusal, refuse } from './filters.ts';
import { assume, copyOf } from './node-state.ts';
import { AffinityState } from './pod-affinity.ts';
import { SpreadState } from './topology-spread.ts';
import type { Cluster, NodeFacts, NodeState, PodFacts, Refusal } from './types.ts';
import { isRefusal, type PodClaims, type VolumePlan, type VolumeView, volumesAt } from './volumes.ts';

const EXCLUSIVE = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode';

/** What the filters of one pod know of the whole cluster: counted once, changed as pods are tried away or in (kube-scheduler's CycleState). */
export class FilterState {
  readonly pod: PodFacts;
  readonly #claims: PodClaims;
  readonly #view: VolumeView;
  readonly #spread: SpreadState;
  readonly #affinity: AffinityState;
  /** Other pods that use a claim which this one needs for itself. */
  #rivals: number;

  private constructor(
    pod: PodFacts,
    claims: PodClaims,
    view: VolumeView,
    spread: SpreadState,
    affinity: AffinityState,
    rivals: number,
  ) {
    this.pod = pod;
    this.#claims = claims;
    this.#view = view;
    this.#spread = spread;
    this.#affinity = affinity;
    this.#rivals = rivals;
  }

  static of(pod: PodFacts, claims: PodClaims, { nodes, namespaces, volumes }: Cluster): FilterState {
    const spread = SpreadState.of(pod, nodes, 'DoNotSchedule');
    const state = new FilterState(pod, claims, volumes, spread, AffinityState.of(pod, nodes, namespaces), 0);
    if (claims.exclusive.size > 0)
      for (const node of nodes) for (const other of node.pods.values()) state.#rivals += state.#shares(other);
    return state;
  }

  copy(): FilterState {
    return new FilterState(this.pod, this.#claims, this.#view, this.#spread.copy(), this.#affinity.copy(), this.#rivals);
  }

  #shares(other: PodFacts): number {
    return other.claims.some(({ key }) => this.#claims.exclusive.has(key)) ? 1 : 0;
  }

  /** `other` comes to (1) or leaves (-1) the node. */
  apply(other: PodFacts, node: NodeFacts, sign: 1 | -1): void {
    this.#spread.apply(other, node, sign);
    this.#affinity.apply(other, node, sign);
    if (this.#claims.exclusive.size > 0) this.#rivals += sign * this.#shares(other);
  }

  /** All filters on one node. @returns what is to happen to the pod's volumes there when it is possible */
  check(node: NodeState): Refusal | VolumePlan {
    const local = nodeRefusal(this.pod, node) ?? (this.#rivals > 0 ? refuse(EXCLUSIVE, true) : undefined);
    if (local) return local;
    const volumes = volumesAt(this.#claims, node.facts, this.#view);
    if (isRefusal(volumes)) return volumes;
    return this.#spread.refusal(node.facts) ?? this.#affinity.refusal(node.facts) ?? volumes;
  }

  /**
   * As {@link check}, but the pods that wait for room on the node which was made for them count too, unless they are of lower priority.
   * The pod must fit with them and without them: it may need one that is there only later.
   */
  checkWithNominated(node: NodeState): Refusal | VolumePlan {
    if (node.nominated.size === 0) return this.check(node);
    const rivals = [...node.nominated.values()].filter(
      (other) => other.priority >= this.pod.priority && other.uid !== this.pod.uid,
    );
    if (rivals.length > 0) {
      const crowded = copyOf(node);
      const state = this.copy();
      for (const other of rivals) {
        assume(crowded, other);
        state.apply(other, node.facts, 1);
      }
      const found = state.check(crowded);
      if (isRefusal(found)) return found;
    }
    return this.check(node);
  }
}
