import { KeyExistsError, type ObjectStore, RevisionConflictError, type WatchCache } from '@windlass/store';
import { ClaimError, type Claims, type Owner } from './claims.ts';
import { around } from './ip-range.ts';

/** Claims lie beside the API's objects in the store, but are served by nobody. */
export const PORT_PREFIX = '/internal/nodeports/';

/** What is stored of a claimed port; `metadata` as the watch cache wants it. */
export interface PortClaim {
  kind: 'NodePortClaim';
  metadata: { name: string; creationTimestamp: string };
  owner: Owner;
}

/** Inclusive. */
export type PortRange = readonly [first: number, last: number];

export const DEFAULT_PORT_RANGE: PortRange = [30000, 32767];

/** The lower end is left to services that name their port, as long as there are others (KEP-3668). */
export function firstDynamicPort([first, last]: PortRange): number {
  const size = last - first + 1;
  return size <= 16 ? first : first + Math.min(128, Math.max(16, Math.floor(size / 32)));
}

/** Node ports and health check node ports. */
export class NodePorts implements Claims<number> {
  readonly #store: ObjectStore;
  readonly #cache: WatchCache;
  readonly #range: PortRange;
  readonly #random: () => number;

  constructor(store: ObjectStore, cache: WatchCache, range: PortRange, random: () => number = Math.random) {
    this.#store = store;
    this.#cache = cache;
    this.#range = range;
    this.#random = random;
  }

  async take(port: number, owner: Owner): Promise<void> {
    this.#checkRange(port);
    if (!(await this.#create(port, owner))) throw new ClaimError('provided port is already allocated');
  }

  async takeAny(owner: Owner): Promise<number> {
    for (const port of this.#candidates()) if (!this.#taken(port) && (await this.#create(port, owner))) return port;
    throw new ClaimError('range is full');
  }

  // Kubernetes does not look at the range on a dry run.
  check(port: number): void {
    if (this.#taken(port)) throw new ClaimError('provided port is already allocated');
  }

  propose(taken: ReadonlySet<number>): number {
    for (const port of this.#candidates()) if (!this.#taken(port) && !taken.has(port)) return port;
    throw new ClaimError('range is full');
  }

  async release(port: number, { uid }: Owner): Promise<void> {
    const stored = await this.#store.get(keyOf(port));
    if (!stored || (JSON.parse(stored.data) as PortClaim).owner.uid !== uid) return;
    try {
      await this.#store.delete(stored.key, stored.revision);
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
    }
  }

  *#candidates(): Generator<number> {
    const [first, last] = this.#range;
    const dynamic = firstDynamicPort(this.#range);
    for (const port of around(BigInt(dynamic), BigInt(last), this.#random())) yield Number(port);
    for (const port of around(BigInt(first), BigInt(dynamic - 1), this.#random())) yield Number(port);
  }

  #taken(port: number): boolean {
    return this.#cache.get(keyOf(port)) !== undefined;
  }

  #checkRange(port: number): void {
    const [first, last] = this.#range;
    if (port < first || port > last)
      throw new ClaimError(`provided port is not in the valid range. The range of valid ports is ${first}-${last}`);
  }

  /** @returns false when somebody has it */
  async #create(port: number, owner: Owner): Promise<boolean> {
    const metadata = { name: String(port), creationTimestamp: new Date().toISOString() };
    const claim: PortClaim = { kind: 'NodePortClaim', metadata, owner };
    try {
      await this.#store.create(keyOf(port), JSON.stringify(claim));
      return true;
    } catch (error) {
      if (error instanceof KeyExistsError) return false;
      throw error;
    }
  }
}

const keyOf = (port: number): string => PORT_PREFIX + port;
