import { isDeepStrictEqual } from 'node:util';
import { assume, emptyNode, forget } from './place/node-state.ts';
import type { NodeFacts, NodeState, PodFacts } from './place/types.ts';

/** Nodes and the pods that count on them, fed by the informers and by the scheduler's own placements. */
export class ClusterBooks {
  readonly #nodes = new Map<string, NodeState>();
  readonly #where = new Map<string, string>();
  /** Pods whose node is not known (yet). */
  readonly #homeless = new Map<string, PodFacts>();
  /** Pods for which room is being made, and where. */
  readonly #nominated = new Map<string, { pod: PodFacts; node: string }>();

  nodes(): NodeState[] {
    return [...this.#nodes.values()];
  }

  /** @returns whether something changed that filters look at: heartbeats and images help no pod */
  setNode(facts: NodeFacts): boolean {
    const known = this.#nodes.get(facts.name);
    if (known) {
      const changed = !isDeepStrictEqual({ ...known.facts, images: undefined }, { ...facts, images: undefined });
      known.facts = facts;
      return changed;
    }
    const node = emptyNode(facts);
    this.#nodes.set(facts.name, node);
    for (const [uid, pod] of this.#homeless)
      if (pod.nodeName === facts.name) {
        this.#homeless.delete(uid);
        assume(node, pod);
      }
    for (const [uid, nomination] of this.#nominated) if (nomination.node === facts.name) node.nominated.set(uid, nomination.pod);
    return true;
  }

  removeNode(name: string): void {
    const node = this.#nodes.get(name);
    if (!node) return;
    this.#nodes.delete(name);
    for (const pod of node.pods.values()) this.#homeless.set(pod.uid, { ...pod, nodeName: name });
  }

  /** The pod is on `nodeName`; replaces what was known of it. */
  setPod(pod: PodFacts, nodeName: string): void {
    this.removePod(pod.uid);
    this.clearNomination(pod.uid);
    this.#where.set(pod.uid, nodeName);
    const node = this.#nodes.get(nodeName);
    if (node) assume(node, pod);
    else this.#homeless.set(pod.uid, { ...pod, nodeName });
  }

  removePod(uid: string): boolean {
    const name = this.#where.get(uid);
    if (name === undefined) return false;
    this.#where.delete(uid);
    this.#homeless.delete(uid);
    const node = this.#nodes.get(name);
    if (node) forget(node, uid);
    return true;
  }

  /** placeWave has put the pod on a node's books already: remember where. */
  assumed(uid: string, nodeName: string): void {
    this.#where.set(uid, nodeName);
    this.clearNomination(uid);
  }

  isPlaced(uid: string): boolean {
    return this.#where.has(uid);
  }

  /** Room is being made for the pod on `node`. */
  nominate(pod: PodFacts, node: string): void {
    this.clearNomination(pod.uid);
    this.#nominated.set(pod.uid, { pod, node });
    this.#nodes.get(node)?.nominated.set(pod.uid, pod);
  }

  clearNomination(uid: string): void {
    const nomination = this.#nominated.get(uid);
    if (!nomination) return;
    this.#nominated.delete(uid);
    this.#nodes.get(nomination.node)?.nominated.delete(uid);
  }

  nominationOf(uid: string): string | undefined {
    return this.#nominated.get(uid)?.node;
  }

  /** Uids of the pods nominated to a node that are of lower priority. */
  nominatedBelow(node: string, priority: number): string[] {
    return [...this.#nominated.values()]
      .filter((each) => each.node === node && each.pod.priority < priority)
      .map(({ pod }) => pod.uid);
  }
}
