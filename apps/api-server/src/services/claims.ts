/** Why an address or port was not given. The texts are Kubernetes'. */
export class ClaimError extends Error {
  override name = 'ClaimError';
}

/** Who holds a claim. */
export interface Owner {
  namespace: string;
  name: string;
  uid: string;
}

/**
 * Something of which each value has at most one owner at a time, over all API servers of a database. A claim is one stored object, so that
 * the database decides who gets it; what a crash leaves behind is found by the repair loop.
 */
export interface Claims<T> {
  /** @throws ClaimError */
  take(value: T, owner: Owner): Promise<void>;
  /** @throws ClaimError when there is none left */
  takeAny(owner: Owner): Promise<T>;
  /** As {@link take}, without taking. @throws ClaimError */
  check(value: T): void;
  /** A value that could be taken; for dry runs. @throws ClaimError */
  propose(taken: ReadonlySet<T>): T;
  /** Gives a value back if it is still the owner's. */
  release(value: T, owner: Owner): Promise<void>;
}
