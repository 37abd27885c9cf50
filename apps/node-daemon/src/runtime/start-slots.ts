import { availableParallelism } from 'node:os';
import { sleep } from '@windlass/platform';

const MIN_SLOTS = 4;
/** A start that takes longer (a CNI plugin that waits, a slow disk) gives its place to others while it goes on. */
const HELD_MS = 5000;

export interface StartSlotOptions {
  slots?: number;
  heldMs?: number;
}

/**
 * How many sandboxes and containers the runtime starts at once: about as many as there are cores. More only take turns on them, so that all
 * pods of a burst would be ready late and together. Containers go before sandboxes: a pod that has begun is finished first. Nothing slow holds
 * others back, since a slot is kept for five seconds at most.
 */
export class StartSlots {
  readonly #heldMs: number;
  #free: number;
  readonly #waiting: Record<'container' | 'sandbox', (() => void)[]> = { container: [], sandbox: [] };

  constructor({ slots = Math.max(MIN_SLOTS, availableParallelism()), heldMs = HELD_MS }: StartSlotOptions = {}) {
    this.#free = slots;
    this.#heldMs = heldMs;
  }

  /** Runs `work` when its turn has come. */
  async run<T>(what: 'container' | 'sandbox', work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting[what].push(resolve));
    const ended = new AbortController();
    void sleep(this.#heldMs, ended.signal).then(this.#next);
    try {
      return await work();
    } finally {
      ended.abort();
    }
  }

  readonly #next = (): void => {
    const next = this.#waiting.container.shift() ?? this.#waiting.sandbox.shift();
    if (next) next();
    else this.#free++;
  };
}
