import type { KubeObject } from '@windlass/meta';

const revision = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion ?? 0);

/** Objects as this process wrote them last, for as long as the cache is older: a decision must not be based on what was just changed. */
export class Recent<T extends KubeObject> {
  readonly #written = new Map<string, T>();

  note(written: T): T {
    this.#written.set(written.metadata.uid!, written);
    return written;
  }

  /** The newer of what was read and what was written. */
  of(cached: T): T {
    const written = this.#written.get(cached.metadata.uid!);
    if (!written) return cached;
    if (revision(written) > revision(cached)) return written;
    this.#written.delete(cached.metadata.uid!);
    return cached;
  }

  forget({ metadata }: KubeObject): void {
    this.#written.delete(metadata.uid!);
  }
}
