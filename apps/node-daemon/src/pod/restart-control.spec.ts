import { jest } from '@jest/globals';
import type { Pod } from '@windlass/resources';
import type { ObservedContainer } from './observed.ts';
import { RestartControl } from './restart-control.ts';
import type { StartAction } from './sync-actions.ts';

const pod = { metadata: { name: 'p', namespace: 'n', uid: 'u' }, spec: {} } as Pod;
const HOUR = 3_600_000;
const ended = (id: string, at: number): StartAction =>
  ({
    container: { name: 'c' },
    kind: 'app',
    attempt: 1,
    // Half a millisecond more: numbers of this size are not whole nanoseconds, and are rounded down.
    previous: { id, finishedAt: at * 1e6 + 500_000 } as ObservedContainer,
  }) as StartAction;

test.each([
  ['goes on', 0],
  ['is set back by an hour', -HOUR],
  ['is set forward by an hour', HOUR],
])('the back-off of a crash is 10 s when the wall clock %s', (_, jump) => {
  const wall = Date.now();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(wall);
  const control = new RestartControl();
  const [first, second] = [ended('a', wall), ended('b', wall + 1000)];
  expect(control.verdict(pod, first, 0)).toBe('now');
  control.starting(first, 0);
  clock.mockReturnValue(wall + 1000);
  expect(control.verdict(pod, second, 1000)).toMatchObject({ waiting: { reason: 'CrashLoopBackOff' }, retryAt: 11_000 });
  clock.mockReturnValue(wall + 2000 + jump);
  expect(control.verdict(pod, second, 2000)).toMatchObject({ retryAt: 11_000 });
  expect(control.verdict(pod, second, 11_000)).toBe('now');
  clock.mockRestore();
});

test('an end that the set-back clock puts into the future counts as now', () => {
  const control = new RestartControl();
  control.starting(ended('a', Date.now()), 0);
  expect(control.verdict(pod, ended('b', Date.now() + HOUR), 1000)).toMatchObject({ retryAt: 11_000 });
});
