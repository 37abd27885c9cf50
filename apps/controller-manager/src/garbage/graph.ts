import type { OwnerReference } from '@windlass/meta';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** An object as the collector sees it. */
export interface Identity {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid: string;
}

/** One object and who depends on it. A virtual node was only seen as an owner, never itself. */
export interface GraphNode {
  identity: Identity;
  owners: readonly OwnerReference[];
  finalizers: readonly string[];
  deleting: boolean;
  virtual: boolean;
  dependents: Set<GraphNode>;
}

export const isForeground = (node: GraphNode): boolean => node.deleting && node.finalizers.includes(FOREGROUND);
export const isOrphaning = (node: GraphNode): boolean => node.deleting && node.finalizers.includes(ORPHAN);
/** Dependents that keep a foreground-deleted owner waiting. */
export const blocking = (node: GraphNode): GraphNode[] =>
  [...node.dependents].filter((dependent) =>
    dependent.owners.some((owner) => owner.uid === node.identity.uid && owner.blockOwnerDeletion),
  );

/** Work that a change of the graph calls for. */
export interface Work {
  /** Uids of nodes to look at: delete, or go on with their foreground deletion. */
  check: string[];
  /** Uids of nodes whose dependents are to be orphaned. */
  orphan: string[];
}

/** Who owns whom, by uid. Pure memory: no I/O, told of every change by the monitors. */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }
  get size(): number {
    return this.#nodes.size;
  }

  /** An object was seen (new or changed). */
  observe(identity: Identity, owners: readonly OwnerReference[], finalizers: readonly string[], deleting: boolean): Work {
    const work: Work = { check: [], orphan: [] };
    const known = this.#nodes.get(identity.uid);
    const node: GraphNode = known ?? {
      identity,
      owners: [],
      finalizers: [],
      deleting: false,
      virtual: false,
      dependents: new Set(),
    };
    const before = { foreground: isForeground(node), orphaning: isOrphaning(node), unblocked: unblocked(node.owners, owners) };
    this.#relink(node, owners, work);
    Object.assign(node, { identity, owners, finalizers, deleting, virtual: false });
    this.#nodes.set(identity.uid, node);
    // An owner that waits for this one may go on when it no longer blocks.
    for (const uid of before.unblocked) if (this.#nodes.has(uid)) work.check.push(uid);
    if (isOrphaning(node) && !before.orphaning) work.orphan.push(identity.uid);
    if (isForeground(node) && !before.foreground) {
      work.check.push(identity.uid, ...[...node.dependents].map((dependent) => dependent.identity.uid));
    }
    // A first look also covers owners that went away while no collector ran, or before this object was seen.
    if (!known && owners.length > 0 && !deleting && owners.some((owner) => this.#suspect(owner))) work.check.push(identity.uid);
    return work;
  }

  /** An object is gone. */
  remove(uid: string): Work {
    const work: Work = { check: [], orphan: [] };
    const node = this.#nodes.get(uid);
    if (!node) return work;
    this.#nodes.delete(uid);
    for (const { uid: owner } of node.owners) {
      const ownerNode = this.#nodes.get(owner);
      if (!ownerNode) continue;
      ownerNode.dependents.delete(node);
      if (isForeground(ownerNode)) work.check.push(owner);
      if (ownerNode.virtual && ownerNode.dependents.size === 0) this.#nodes.delete(owner);
    }
    for (const dependent of node.dependents) work.check.push(dependent.identity.uid);
    if (node.dependents.size > 0) this.#nodes.set(uid, { ...node, owners: [], finalizers: [], deleting: false, virtual: true });
    return work;
  }

  #suspect(owner: OwnerReference): boolean {
    const node = this.#nodes.get(owner.uid);
    return !node || node.virtual || isForeground(node);
  }

  #relink(node: GraphNode, owners: readonly OwnerReference[], work: Work): void {
    const kept = new Set(owners.map((owner) => owner.uid));
    for (const { uid } of node.owners) {
      if (kept.has(uid)) continue;
      const owner = this.#nodes.get(uid);
      owner?.dependents.delete(node);
      if (owner && isForeground(owner)) work.check.push(uid);
      if (owner?.virtual && owner.dependents.size === 0) this.#nodes.delete(uid);
    }
    for (const { uid, apiVersion, kind, name } of owners) {
      let owner = this.#nodes.get(uid);
      if (!owner) {
        const identity = { apiVersion, kind, name, uid, namespace: node.identity.namespace };
        owner = { identity, owners: [], finalizers: [], deleting: false, virtual: true, dependents: new Set() };
        this.#nodes.set(uid, owner);
      }
      owner.dependents.add(node);
    }
  }
}

/** Owners that `before` blocked and `after` does not. */
function unblocked(before: readonly OwnerReference[], after: readonly OwnerReference[]): string[] {
  const blocks = new Set(after.filter((owner) => owner.blockOwnerDeletion).map((owner) => owner.uid));
  return before.filter((owner) => owner.blockOwnerDeletion && !blocks.has(owner.uid)).map((owner) => owner.uid);
}
