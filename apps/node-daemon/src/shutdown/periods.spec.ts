import type { Pod } from '@windlass/resources';
import { podsByPeriod, shutdownMs, shutdownPeriods } from './periods.ts';

const pod = (name: string, priority?: number) => ({ metadata: { name }, spec: { priority, containers: [] } }) as unknown as Pod;
const names = (groups: { seconds: number; pods: Pod[] }[]) =>
  groups.map(({ seconds, pods }) => [seconds, pods.map(({ metadata }) => metadata.name)]);

test('periods from two durations, or by priority', () => {
  expect(shutdownPeriods({})).toEqual([]);
  expect(shutdownPeriods({ shutdownGracePeriod: '30s', shutdownGracePeriodCriticalPods: '10s' })).toEqual([
    { priority: 0, seconds: 20 },
    { priority: 2_000_000_000, seconds: 10 },
  ]);
  const byPriority = [
    { priority: 100, shutdownGracePeriodSeconds: 5 },
    { priority: 0, shutdownGracePeriodSeconds: 7 },
  ];
  expect(shutdownPeriods({ shutdownGracePeriodByPodPriority: byPriority })).toEqual([
    { priority: 0, seconds: 7 },
    { priority: 100, seconds: 5 },
  ]);
  expect(shutdownMs({ shutdownGracePeriodByPodPriority: byPriority })).toBe(12_000);
  expect(() => shutdownPeriods({ shutdownGracePeriod: '1s', shutdownGracePeriodCriticalPods: '2s' })).toThrow(
    /shutdownGracePeriodCriticalPods/,
  );
  expect(() => shutdownPeriods({ shutdownGracePeriod: '1s', shutdownGracePeriodByPodPriority: byPriority })).toThrow(
    /ByPodPriority/,
  );
});

test('pods end with the highest priority that is not above theirs', () => {
  const periods = [
    { priority: 10, seconds: 1 },
    { priority: 100, seconds: 2 },
    { priority: 1000, seconds: 3 },
  ];
  const pods = [pod('below', 5), pod('none'), pod('between', 99), pod('edge', 100), pod('above', 5000)];
  expect(names(podsByPeriod(periods, pods))).toEqual([
    [1, ['below', 'none', 'between']],
    [2, ['edge']],
    [3, ['above']],
  ]);
});
