import type { NodeReading, Point } from './parse.ts';
import { type Usage, usageBetween } from './usage.ts';

export interface ContainerUsage extends Usage {
  name: string;
}

/** The last two readings of every node. */
export class UsageStore {
  readonly #nodes = new Map<string, { before?: NodeReading; last: NodeReading }>();
  /** Node by `namespace/pod`, of the last readings. */
  readonly #nodeOf = new Map<string, string>();

  /** A reading that is no newer than the last one (a kubelet caches) is left out. */
  add(node: string, reading: NodeReading): void {
    const known = this.#nodes.get(node);
    if (known && reading.node && known.last.node && reading.node.at <= known.last.node.at) return;
    for (const pod of known?.last.pods.keys() ?? []) if (this.#nodeOf.get(pod) === node) this.#nodeOf.delete(pod);
    for (const pod of reading.pods.keys()) this.#nodeOf.set(pod, node);
    this.#nodes.set(node, { before: known?.last, last: reading });
  }

  forget(node: string): void {
    for (const pod of this.#nodes.get(node)?.last.pods.keys() ?? []) if (this.#nodeOf.get(pod) === node) this.#nodeOf.delete(pod);
    this.#nodes.delete(node);
  }

  node(name: string): Usage | undefined {
    const known = this.#nodes.get(name);
    return known?.last.node && usageBetween(known.before?.node, known.last.node);
  }

  /** Use of every container of a pod; undefined until all are known. */
  pod(key: string): ContainerUsage[] | undefined {
    const known = this.#nodes.get(this.#nodeOf.get(key) ?? '');
    const last = known?.last.pods.get(key);
    if (!last) return undefined;
    const before = known?.before?.pods.get(key);
    const usages = [...last].map(([name, point]: [string, Point]) => {
      const usage = usageBetween(before?.get(name), point);
      return usage && { name, ...usage };
    });
    return usages.every((usage) => usage !== undefined) && usages.length > 0 ? usages : undefined;
  }
}
