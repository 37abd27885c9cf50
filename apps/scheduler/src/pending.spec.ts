import { PendingPods } from './pending.ts';

const backoff = { initialMs: 100, maxMs: 400, unschedulableMs: 5000, offerMs: 50 };

describe('PendingPods', () => {
  it('offers a pod once, and again when the queue lost it', () => {
    const pending = new PendingPods<string>(backoff);
    pending.upsert('a', 'A', 0);
    expect(pending.take(0, 10)).toEqual(['a']);
    expect(pending.take(49, 10)).toEqual([]);
    expect(pending.take(50, 10)).toEqual(['a']);
  });

  it('keeps a failed pod back until an event, and never shorter than its back-off', () => {
    const pending = new PendingPods<string>(backoff);
    pending.upsert('a', 'A', 0);
    pending.take(0, 10);
    pending.failed('a', 10);
    expect(pending.nextDue()).toBe(5010);
    pending.wake();
    expect(pending.nextDue()).toBe(110);
    for (const [now, want] of [
      [110, 310],
      [310, 710],
      [710, 1110],
    ] as const) {
      expect(pending.take(now, 10)).toEqual(['a']);
      pending.failed('a', now);
      pending.wake();
      expect(pending.nextDue()).toBe(want);
    }
  });

  it('does not disturb a pod that is in the queue, and takes at most the limit', () => {
    const pending = new PendingPods<string>(backoff);
    for (const uid of ['a', 'b', 'c']) pending.upsert(uid, uid, 0);
    expect(pending.take(0, 2)).toEqual(['a', 'b']);
    pending.wake();
    pending.upsert('a', 'A2', 1, true);
    expect(pending.take(1, 10)).toEqual(['c']);
    expect(pending.get('a')).toBe('A2');
    pending.remove('a');
    pending.failed('a', 2);
    expect(pending.size).toBe(2);
  });
});
