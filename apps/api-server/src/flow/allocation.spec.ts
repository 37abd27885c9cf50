import { describe, expect, it } from '@jest/globals';
import { bootstrapData, type PriorityLevelConfiguration } from '@windlass/resources';
import { nominalLimits, shareOut } from './allocation.ts';
import { FLOW_GROUP } from './flow-control.ts';
import { PriorityLevels } from './levels.ts';
import { SeatDemand } from './seat-demand.ts';
import { seatsOf } from './work-estimate.ts';

const configurations = bootstrapData[`${FLOW_GROUP}/prioritylevelconfigurations`] as unknown as PriorityLevelConfiguration[];
const limitsOf = (name: string) =>
  nominalLimits(configurations, 600)[configurations.findIndex(({ metadata }) => metadata.name === name)];

describe('nominalLimits', () => {
  it.each([
    // 245 shares: what kube-apiserver reports as apiserver_flowcontrol_nominal_limit_seats with its default 600 seats.
    ['workload-low', { nominal: 245, minimum: 24, maximum: 600 }],
    ['global-default', { nominal: 49, minimum: 24, maximum: 600 }],
    ['node-high', { nominal: 98, minimum: 73, maximum: 600 }],
    ['catch-all', { nominal: 13, minimum: 13, maximum: 600 }],
    ['exempt', { nominal: 0, minimum: 0, maximum: 600 }],
  ])('%s', (name, limits) => {
    const found = limitsOf(name)!;
    expect({ ...found, minimum: Math.abs(found.minimum - limits.minimum) <= 1 ? limits.minimum : found.minimum }).toEqual(limits);
  });
});

describe('shareOut', () => {
  it('gives what is not needed to who wants it', () => {
    const seats = shareOut(
      [
        { target: 100, lowest: 10, highest: 200 },
        { target: 5, lowest: 5, highest: 200 },
      ],
      100,
    );
    expect(seats[0]! + seats[1]!).toBeCloseTo(100, 3);
    expect(seats[0]! / seats[1]!).toBeCloseTo(19, 0);
    expect(seats[1]).toBeGreaterThanOrEqual(5);
  });
  it('stays within the bounds', () => {
    expect(shareOut([{ target: 50, lowest: 0, highest: 20 }], 100)).toEqual([20]);
  });
});

it('a level that is overrun borrows from idle ones, and the lender keeps its minimum', async () => {
  const levels = new PriorityLevels(100, 100);
  const limited = (name: string, lendablePercent: number) =>
    ({
      metadata: { name },
      spec: { type: 'Limited', limited: { nominalConcurrencyShares: 50, lendablePercent, limitResponse: { type: 'Reject' } } },
    }) as unknown as PriorityLevelConfiguration;
  levels.configure([limited('busy', 0), limited('idle', 80)]);
  const fill = () => {
    const { signal } = new AbortController();
    let admitted = 0;
    for (;;) {
      const turn = levels.get('busy')!.enter('f', 1, signal);
      if (turn.admitted) return admitted;
      admitted++;
    }
  };
  expect(fill()).toBe(50);
  levels.rebalance(performance.now() + 10_000);
  // The lender's minimum of 10 and the borrower's 50 grow by the same factor until 100 are given out.
  expect(50 + fill()).toBe(83);
});

it('SeatDemand weighs by time, and forgets slowly', () => {
  const demand = new SeatDemand(0);
  demand.set(10, 0);
  demand.set(0, 5000);
  const first = demand.take(10_000);
  expect(first).toEqual({ highest: 10, average: 5, deviation: 5 });
  expect(demand.smoothed(first)).toBe(10);
  expect(demand.smoothed(demand.take(20_000))).toBeCloseTo(9.77);
});

describe('seatsOf', () => {
  const size = () => ({ objects: 1000, bytes: 4_000_000 });
  const info = (verb: string, name = '') => ({ verb, name, group: '', resource: 'pods' }) as never;
  it.each([
    ['a get', 'get', '', '', 98, 1],
    ['a list of everything', 'list', '', '', 98, 10],
    ['a page', 'list', 'limit=50', '', 98, 2],
    ['in a narrow level', 'list', '', '', 20, 3],
    ['a list of one', 'list', '', 'x', 98, 1],
    ['a watch', 'watch', '', '', 98, 1],
    ['a streamed list', 'watch', 'sendInitialEvents=true', '', 98, 10],
  ])('%s', (_, verb, query, name, nominal, seats) => {
    expect(seatsOf(info(verb, name), new URLSearchParams(query), nominal, size)).toBe(seats);
  });
});
