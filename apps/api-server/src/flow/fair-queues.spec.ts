import { describe, expect, it } from '@jest/globals';
import { FairQueues, type Turn } from './fair-queues.ts';
import { handOf } from './shuffle-sharding.ts';

const never = new AbortController().signal;
const SHAPE = { queues: 64, handSize: 6, queueLengthLimit: 50, longestWait: 60_000 };

/** A level with a clock of its own. */
function level(limit: number, shape = SHAPE) {
  let now = 0;
  let wanted = 0;
  const queues = new FairQueues(
    shape,
    (seats) => {
      wanted = seats;
    },
    () => now,
  );
  queues.limit = limit;
  return {
    queues,
    pass: (ms: number) => {
      now += ms;
    },
    wanted: () => wanted,
  };
}
/** Turns that a test leaves waiting are refused after its end. */
const ignore = () => {};
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('handOf', () => {
  it('deals different queues, the same ones each time', () => {
    for (let i = 0; i < 500; i++) {
      const hand = handOf(`flow ${i}`, 64, 6);
      expect(new Set(hand).size).toBe(6);
      expect(hand.every((card) => card >= 0 && card < 64)).toBe(true);
      expect(handOf(`flow ${i}`, 64, 6)).toEqual(hand);
    }
  });
  it('uses all queues alike', () => {
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 4000; i++) for (const card of handOf(`f${i}`, 16, 4)) counts[card]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('FairQueues', () => {
  it('never runs more than its seats, loses nobody, and ends empty', async () => {
    const { queues, pass, wanted } = level(5);
    let running = 0;
    let most = 0;
    let done = 0;
    const one = async (flow: string, seats: number): Promise<void> => {
      const turn = queues.enter(flow, seats, never);
      await turn.admitted;
      running += seats;
      most = Math.max(most, running);
      await settled();
      pass(1);
      running -= seats;
      turn.release();
      turn.release();
      done++;
    };
    await Promise.all(Array.from({ length: 120 }, (_, i) => one(`f${i % 7}`, 1 + (i % 3))));
    expect({ done, most, inUse: queues.seatsInUse, waiting: queues.waiting, wanted: wanted() }).toEqual({
      done: 120,
      most: 5,
      inUse: 0,
      waiting: 0,
      wanted: 0,
    });
  });

  it('lets a quiet flow past the backlog of a noisy one', async () => {
    const { queues, pass } = level(2);
    const served: string[] = [];
    const turns: Turn[] = [];
    const enter = (flow: string) => {
      const turn = queues.enter(flow, 1, never);
      void Promise.resolve(turn.admitted).then(() => {
        served.push(flow);
        turns.push(turn);
      }, ignore);
    };
    for (let i = 0; i < 60; i++) enter('noisy');
    await settled();
    enter('quiet');
    for (let i = 0; i < 4; i++) {
      pass(50);
      turns.shift()!.release();
      await settled();
    }
    expect(served.indexOf('quiet')).toBeLessThanOrEqual(3);
  });

  it('a flow that ran alone for long is not punished for it', async () => {
    const { queues, pass } = level(4);
    for (let i = 0; i < 1000; i++) {
      const turns = [1, 2, 3, 4].map(() => queues.enter('old', 1, never));
      pass(100);
      for (const turn of turns) turn.release();
    }
    const busy = ['new', 'new', 'new', 'new'].map((flow) => queues.enter(flow, 1, never));
    let oldServed = 0;
    let newServed = 0;
    const turns: Turn[] = [...busy];
    for (let i = 0; i < 20; i++)
      for (const flow of ['old', 'new']) {
        const turn = queues.enter(flow, 1, never);
        void turn.admitted!.then(() => {
          if (flow === 'old') oldServed++;
          else newServed++;
          turns.push(turn);
        }, ignore);
      }
    for (let i = 0; i < 20; i++) {
      pass(100);
      turns.shift()!.release();
      await settled();
    }
    expect(oldServed).toBeGreaterThanOrEqual(8);
    expect(newServed).toBeGreaterThanOrEqual(4);
  });

  it('refuses when a queue is full, without a queue, and after the longest wait', async () => {
    const reject = level(1, { ...SHAPE, queues: 0 }).queues;
    reject.enter('a', 1, never);
    await expect(reject.enter('a', 1, never).admitted).rejects.toMatchObject({ reason: 'concurrency-limit' });

    const short = level(1, { queues: 1, handSize: 1, queueLengthLimit: 1, longestWait: 20 }).queues;
    const first = short.enter('a', 1, never);
    const late = short.enter('a', 1, never);
    const timedOut = expect(late.admitted).rejects.toMatchObject({ reason: 'time-out' });
    await expect(short.enter('a', 1, never).admitted).rejects.toMatchObject({ reason: 'queue-full' });
    await timedOut;
    first.release();
    expect([short.seatsInUse, short.waiting]).toEqual([0, 0]);
  });

  it('a client that went away leaves its queue', async () => {
    const { queues } = level(1);
    const first = queues.enter('a', 1, never);
    const gone = new AbortController();
    const turn = queues.enter('a', 1, gone.signal);
    gone.abort();
    await expect(turn.admitted).rejects.toMatchObject({ reason: 'cancelled' });
    first.release();
    expect([queues.seatsInUse, queues.waiting]).toEqual([0, 0]);
  });

  it('a request wider than the level runs alone, and is not starved by narrow ones', async () => {
    const { queues, pass } = level(2);
    let ran = false;
    let rounds = 0;
    const narrow = ['a', 'b'].map((flow) => queues.enter(flow, 1, never));
    const wide = queues.enter('wide', 10, never);
    void wide.admitted!.then(() => {
      ran = true;
    });
    for (; !ran && rounds < 100; rounds++) {
      for (const flow of ['a', 'b']) {
        const turn = queues.enter(flow, 1, never);
        void Promise.resolve(turn.admitted).then(() => narrow.push(turn));
      }
      pass(10);
      for (const turn of narrow.splice(0)) turn.release();
      await settled();
    }
    expect(rounds).toBeLessThan(100);
    expect(queues.seatsInUse).toBe(10);
  });
});
