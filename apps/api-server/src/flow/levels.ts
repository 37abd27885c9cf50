import type { PriorityLevelConfiguration } from '@windlass/resources';
import { nominalLimits, shareOut } from './allocation.ts';
import { PriorityLevel } from './priority-level.ts';

/** All priority levels, and how the server's seats are divided among them. */
export class PriorityLevels {
  readonly #total: number;
  readonly #longestWait: number;
  #levels = new Map<string, PriorityLevel>();

  /** @param total seats of the server; @param longestWait of a queued request, in milliseconds */
  constructor(total: number, longestWait: number) {
    this.#total = total;
    this.#longestWait = longestWait;
  }

  get(name: string): PriorityLevel | undefined {
    return this.#levels.get(name);
  }

  /** A level that is gone finishes what it has. */
  configure(configurations: readonly PriorityLevelConfiguration[]): void {
    const limits = nominalLimits(configurations, this.#total);
    this.#levels = new Map(
      configurations.map((configuration, i) => {
        const name = configuration.metadata.name ?? '';
        const level = this.#levels.get(name) ?? new PriorityLevel(configuration, this.#longestWait);
        level.configure(configuration, limits[i]!);
        return [name, level];
      }),
    );
  }

  /** Moves seats from levels that did not need them in the last period to those that wanted more (KEP-1040, borrowing). */
  rebalance(now: number): void {
    const levels = [...this.#levels.values()];
    const wanted = levels.map((level) => {
      const demand = level.demand.take(now);
      return { level, highest: demand.highest, smooth: level.demand.smoothed(demand) };
    });
    const limited = wanted.filter(({ level }) => !level.exempt);
    const exempt = wanted.filter(({ level }) => level.exempt);
    const used = exempt.reduce((sum, { smooth }) => sum + smooth, 0);
    const claims = limited.map(({ level: { limits }, highest, smooth }) => {
      const lowest = Math.max(limits.minimum, Math.min(limits.nominal, highest));
      return { target: Math.max(lowest, smooth), lowest, highest: Math.max(lowest, limits.maximum) };
    });
    const seats = shareOut(claims, Math.max(0, this.#total - used));
    limited.forEach(({ level }, i) => {
      level.seats = Math.max(1, Math.round(seats[i]!));
    });
  }
}
