/** How many seats a level used and wanted over a period, weighted by time. */
export interface Demand {
  highest: number;
  average: number;
  deviation: number;
}

/** How much of the old, higher demand is kept at each period (KEP-1040). */
const DECAY = 0.977;

/** Follows a number over time. Milliseconds of a monotonic clock. */
export class SeatDemand {
  #value = 0;
  #highest = 0;
  #since: number;
  #last: number;
  #area = 0;
  #squares = 0;
  #smooth = 0;

  constructor(now: number) {
    this.#since = now;
    this.#last = now;
  }

  set(value: number, now: number): void {
    const elapsed = now - this.#last;
    this.#area += elapsed * this.#value;
    this.#squares += elapsed * this.#value * this.#value;
    this.#last = now;
    this.#value = value;
    if (value > this.#highest) this.#highest = value;
  }

  /** The period's figures; begins the next one. */
  take(now: number): Demand {
    this.set(this.#value, now);
    const length = now - this.#since;
    const average = length > 0 ? this.#area / length : this.#value;
    const variance = length > 0 ? this.#squares / length - average * average : 0;
    const demand = { highest: this.#highest, average, deviation: Math.sqrt(Math.max(0, variance)) };
    this.#since = now;
    this.#area = 0;
    this.#squares = 0;
    this.#highest = this.#value;
    return demand;
  }

  /** What the level is expected to want: rises at once, falls slowly. */
  smoothed({ highest, average, deviation }: Demand): number {
    const envelope = Math.min(highest, average + deviation);
    this.#smooth = Math.max(envelope, DECAY * this.#smooth + (1 - DECAY) * envelope);
    return this.#smooth;
  }
}
