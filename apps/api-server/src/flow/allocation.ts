import type { PriorityLevelConfiguration } from '@windlass/resources';

/** Seats of a priority level: what is its own, what it may lend, what it may have at most. */
export interface Limits {
  nominal: number;
  /** What is left to it when others have borrowed all that it lends. */
  minimum: number;
  maximum: number;
}

const sharesOf = ({ spec }: PriorityLevelConfiguration): number =>
  spec?.type === 'Exempt' ? (spec.exempt?.nominalConcurrencyShares ?? 0) : (spec?.limited?.nominalConcurrencyShares ?? 30);

/** Shares the server's seats out among the levels, in their order. @param total seats of the server */
export function nominalLimits(levels: readonly PriorityLevelConfiguration[], total: number): Limits[] {
  const shares = levels.reduce((sum, level) => sum + sharesOf(level), 0);
  return levels.map((level) => {
    const nominal = shares > 0 ? Math.ceil((total * sharesOf(level)) / shares) : 0;
    const { limited, exempt } = level.spec ?? {};
    const lendable = Math.round((nominal * (limited?.lendablePercent ?? exempt?.lendablePercent ?? 0)) / 100);
    const borrowing = limited?.borrowingLimitPercent;
    const maximum = borrowing == null ? total : nominal + Math.round((nominal * borrowing) / 100);
    return { nominal, minimum: nominal - lendable, maximum: Math.max(nominal, maximum) };
  });
}

/** A level's part in the problem of who gets how many seats for the next period. */
export interface Claim {
  /** What it would use if it could. */
  target: number;
  lowest: number;
  highest: number;
}

/**
 * Seats for each level: its target times one factor that is the same for all, kept within its bounds, so that the sum is `total`; as near as
 * the bounds allow (KEP-1040, "fair fraction").
 */
export function shareOut(claims: readonly Claim[], total: number): number[] {
  const at = (factor: number) =>
    claims.map(({ target, lowest, highest }) => Math.min(highest, Math.max(lowest, factor * Math.max(target, 0.001))));
  const sum = (seats: readonly number[]) => seats.reduce((a, b) => a + b, 0);
  let low = 0;
  let high = 1;
  while (sum(at(high)) < total && high < 1e9) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sum(at(middle)) < total) low = middle;
    else high = middle;
  }
  return at(high);
}
