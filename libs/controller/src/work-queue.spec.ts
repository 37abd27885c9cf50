import { WorkQueue } from './work-queue.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('WorkQueue', () => {
  it('keeps order and holds a key once', async () => {
    const q = new WorkQueue();
    for (const key of ['a', 'b', 'a', 'c']) q.add(key);
    expect([q.length, await q.next(), await q.next(), await q.next()]).toEqual([3, 'a', 'b', 'c']);
  });

  it('hands a key that changes while it is worked on out again only after done', async () => {
    const q = new WorkQueue();
    q.add('a');
    await q.next();
    q.add('a');
    q.add('a');
    expect(q.length).toBe(0);
    q.done('a');
    expect([q.length, await q.next()]).toEqual([1, 'a']);
    q.done('a');
    expect(q.idle).toBe(true);
  });

  it('gives a new key to a waiting worker', async () => {
    const q = new WorkQueue();
    const waiting = q.next();
    q.add('x');
    expect(await waiting).toBe('x');
    q.add('x');
    expect(q.length).toBe(0);
  });

  it('backs off exponentially per key until forgotten', async () => {
    const q = new WorkQueue({ baseDelayMs: 20, maxDelayMs: 1000 });
    const started = Date.now();
    q.addRateLimited('a');
    expect(await q.next()).toBe('a');
    q.done('a');
    q.addRateLimited('a');
    expect(await q.next()).toBe('a');
    expect(Date.now() - started).toBeGreaterThanOrEqual(58);
    expect(q.failures('a')).toBe(2);
    q.forget('a');
    expect(q.failures('a')).toBe(0);
    q.close();
  });

  it('keeps the earliest of several delays', async () => {
    const q = new WorkQueue();
    q.addAfter('a', 500);
    q.addAfter('a', 10);
    q.addAfter('a', 900);
    await sleep(40);
    expect(q.length).toBe(1);
    q.close();
    expect(await q.next()).toBeUndefined();
  });
});
