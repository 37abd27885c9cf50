import type { KubeObject } from '@windlass/meta';

const revision = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion ?? 0);

/**
 * The revisions of this process's own last writes per key, so that a reconcile can tell a cache that has not caught up with them. Revisions
 * of one server are ordered numbers. (KEP-5504)
 */
export class OwnWrites {
  readonly #written = new Map<string, { uid?: string; revision: number }>();

  note<T extends KubeObject>(key: string, written: T): T {
    this.#written.set(key, { uid: written.metadata.uid, revision: revision(written) });
    return written;
  }

  /** Whether `cached` is older than what was written here; its event is still to come. */
  isStale(key: string, cached: KubeObject): boolean {
    const last = this.#written.get(key);
    if (!last) return false;
    if (last.uid === cached.metadata.uid && revision(cached) < last.revision) return true;
    this.#written.delete(key);
    return false;
  }

  forget(key: string): void {
    this.#written.delete(key);
  }
}
