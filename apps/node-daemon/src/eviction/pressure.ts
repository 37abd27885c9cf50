import { FACTS, type Observations, type PressureType, type Threshold, thresholdsMet } from './thresholds.ts';

export interface PressureDecision {
  /** What the node reports. */
  conditions: PressureType[];
  /** For which pods have to go now, the most urgent first. */
  driving: Threshold[];
}

/** Memory is looked at before disks: out of memory kills at random (byEvictionPriority). */
const urgency = ({ signal }: Threshold): number => (FACTS[signal].resource === 'memory' ? 0 : 1);

/** Follows thresholds over time: grace periods, minimum reclaim, transition period. The clock is an argument. */
export class PressureState {
  readonly #thresholds: readonly Threshold[];
  readonly #transitionMs: number;
  readonly #firstSeen = new Map<Threshold, number>();
  readonly #lastSeen = new Map<PressureType, number>();
  #driving: Threshold[] = [];

  constructor(thresholds: readonly Threshold[], transitionMs: number) {
    this.#thresholds = thresholds;
    this.#transitionMs = transitionMs;
  }

  observe(seen: Observations, now: number): PressureDecision {
    const held = new Set([...thresholdsMet(this.#thresholds, seen, false), ...thresholdsMet(this.#driving, seen, true)]);
    for (const threshold of this.#firstSeen.keys()) if (!held.has(threshold)) this.#firstSeen.delete(threshold);
    for (const threshold of held) {
      if (!this.#firstSeen.has(threshold)) this.#firstSeen.set(threshold, now);
      this.#lastSeen.set(FACTS[threshold.signal].condition, now);
    }
    this.#driving = [...held]
      .filter((threshold) => now - this.#firstSeen.get(threshold)! >= threshold.graceMs)
      .sort((a, b) => urgency(a) - urgency(b));
    const conditions = [...this.#lastSeen].filter(([, at]) => now - at < this.#transitionMs).map(([type]) => type);
    return { conditions, driving: this.#driving };
  }

  /** Whether after some node resources were freed nothing more is needed. */
  isRelieved = (seen: Observations): boolean => thresholdsMet(this.#thresholds, seen, true).length === 0;
}
