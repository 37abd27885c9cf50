import { assume, forget } from './place/place.ts';
import type { NodeFacts, NodeState, PodFacts } from './place/types.ts';

/** Nodes and the pods that count on them, fed by the informers and by the scheduler's own placements. */
export class ClusterBooks {
  readonly #nodes = new Map<string, NodeState>();
  readonly #where = new Map<string, string>();
  /** Pods whose node is not known (yet). */
  readonly #homeless = new Map<string, PodFacts>();

  nodes(): NodeState[] {
    return [...this.#nodes.values()];
  }

  setNode(facts: NodeFacts): void {
    const known = this.#nodes.get(facts.name);
    if (known) {
      known.facts = facts;
      return;
    }
    const node: NodeState = { facts, pods: new Map(), requested: {} };
    this.#nodes.set(facts.name, node);
    for (const [uid, pod] of this.#homeless)
      if (pod.nodeName === facts.name) {
        this.#homeless.delete(uid);
        assume(node, pod);
      }
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
  }

  isPlaced(uid: string): boolean {
    return this.#where.has(uid);
  }
}
