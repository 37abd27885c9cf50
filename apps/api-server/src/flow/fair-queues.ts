import { handOf } from './shuffle-sharding.ts';

export type Refusal = 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled';

/** A request on its way through a level. `release` may be called more than once. */
export interface Turn {
  /** Absent when it may run at once. Rejects with a {@link Refused}. */
  admitted?: Promise<void>;
  release(): void;
}

export class Refused extends Error {
  override name = 'Refused';
  readonly reason: Refusal;
  constructor(reason: Refusal) {
    super(reason);
    this.reason = reason;
  }
}

export interface QueueOptions {
  /** 0: a request that finds no seat is refused. */
  queues: number;
  handSize: number;
  queueLengthLimit: number;
  /** Milliseconds that a request may wait. */
  longestWait: number;
}

interface Waiter {
  seats: number;
  start(): void;
}

interface FlowQueue {
  waiting: Waiter[];
  seatsWaiting: number;
  seatsInUse: number;
  /** Virtual time at which its next request would start if every queue had a server of its own. */
  next: number;
}

/** Seconds that a request is thought to take before it is known. */
const GUESS = 0.003;
const REMEMBERED_FLOWS = 4096;

/**
 * Seats of one priority level, given out fairly: flows are spread over queues by shuffle sharding, and the queue whose oldest request would
 * finish first in virtual time is served next (fair queuing for server requests, KEP-1040).
 */
export class FairQueues {
  readonly #options: QueueOptions;
  readonly #queues: FlowQueue[];
  readonly #hands = new Map<string, number[]>();
  readonly #now: () => number;
  readonly #changed: (seatsWanted: number) => void;
  #limit = 0;
  #seatsInUse = 0;
  #seatsWaiting = 0;
  #waiters = 0;
  /** Queues with a request that runs or waits. */
  #active = 0;
  #virtual = 0;
  #last: number;
  #robin = 0;

  /** @param changed told how many seats are used or waited for; @param now monotonic milliseconds */
  constructor(options: QueueOptions, changed: (seatsWanted: number) => void, now = () => performance.now()) {
    this.#options = options;
    this.#changed = changed;
    this.#now = now;
    this.#last = now();
    this.#queues = Array.from({ length: Math.max(1, options.queues) }, () => ({
      waiting: [],
      seatsWaiting: 0,
      seatsInUse: 0,
      next: 0,
    }));
  }

  set limit(seats: number) {
    this.#limit = seats;
    this.#dispatch();
  }

  get seatsInUse(): number {
    return this.#seatsInUse;
  }

  get waiting(): number {
    return this.#waiters;
  }

  /** @param flow schema and distinguisher */
  enter(flow: string, seats: number, signal: AbortSignal): Turn {
    this.#advance();
    const queue = this.#choose(flow);
    if (queue.waiting.length === 0 && queue.seatsInUse === 0 && queue.next < this.#virtual) queue.next = this.#virtual;
    if (this.#waiters === 0 && this.#fits(seats)) return { release: this.#run(queue, seats) };
    if (this.#options.queues === 0) return refused('concurrency-limit');
    if (queue.waiting.length >= this.#options.queueLengthLimit) return refused('queue-full');
    return this.#wait(queue, seats, signal);
  }

  #wait(queue: FlowQueue, seats: number, signal: AbortSignal): Turn {
    let release = () => {};
    const admitted = new Promise<void>((resolve, reject) => {
      const leave = (reason: Refusal) => {
        const at = queue.waiting.indexOf(waiter);
        if (at < 0) return;
        queue.waiting.splice(at, 1);
        this.#waiters--;
        this.#add(queue, 0, -seats);
        finish();
        reject(new Refused(reason));
        this.#dispatch();
      };
      const timer = setTimeout(() => leave('time-out'), this.#options.longestWait);
      timer.unref();
      const gone = () => leave('cancelled');
      signal.addEventListener('abort', gone, { once: true });
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
      };
      const waiter: Waiter = {
        seats,
        start: () => {
          finish();
          release = this.#run(queue, seats);
          resolve();
        },
      };
      queue.waiting.push(waiter);
      this.#waiters++;
      this.#add(queue, 0, seats);
    });
    // Who has no use for its turn any more need not hear that it was refused.
    admitted.catch(() => {});
    this.#dispatch();
    return { admitted, release: () => release() };
  }

  #add(queue: FlowQueue, inUse: number, waiting: number): void {
    const before = queue.seatsInUse + queue.seatsWaiting;
    queue.seatsInUse += inUse;
    queue.seatsWaiting += waiting;
    this.#seatsInUse += inUse;
    this.#seatsWaiting += waiting;
    const after = queue.seatsInUse + queue.seatsWaiting;
    if (before === 0 && after > 0) this.#active++;
    else if (before > 0 && after === 0) this.#active--;
    this.#changed(this.#seatsInUse + this.#seatsWaiting);
  }

  /** Takes the seats. @returns what gives them back */
  #run(queue: FlowQueue, seats: number): () => void {
    const started = this.#last;
    queue.next += GUESS * seats;
    this.#add(queue, seats, 0);
    let running = true;
    return () => {
      if (!running) return;
      running = false;
      this.#advance();
      // What it took, instead of what it was thought to take.
      queue.next += ((this.#last - started) / 1000 - GUESS) * seats;
      this.#add(queue, -seats, 0);
      if (this.#waiters > 0) this.#dispatch();
    };
  }

  /** A request that is wider than the level runs when it is alone. */
  #fits(seats: number): boolean {
    return this.#seatsInUse === 0 ? this.#limit > 0 : this.#seatsInUse + seats <= this.#limit;
  }

  #choose(flow: string): FlowQueue {
    const { queues, handSize } = this.#options;
    if (queues <= 1) return this.#queues[0]!;
    let hand = this.#hands.get(flow);
    if (!hand) {
      hand = handOf(flow, queues, handSize);
      if (this.#hands.size >= REMEMBERED_FLOWS) this.#hands.delete(this.#hands.keys().next().value!);
      this.#hands.set(flow, hand);
    }
    let best = this.#queues[hand[0]!]!;
    for (let i = 1; i < hand.length; i++) {
      const queue = this.#queues[hand[i]!]!;
      if (queue.seatsWaiting + queue.seatsInUse < best.seatsWaiting + best.seatsInUse) best = queue;
    }
    return best;
  }

  #dispatch(): void {
    this.#advance();
    while (this.#waiters > 0) {
      const queue = this.#nextQueue();
      const waiter = queue?.waiting[0];
      // The one whose turn it is may be wide: letting others pass would starve it.
      if (!queue || !waiter || !this.#fits(waiter.seats)) return;
      queue.waiting.shift();
      this.#waiters--;
      this.#add(queue, 0, -waiter.seats);
      waiter.start();
    }
  }

  /** Round robin among equals. */
  #nextQueue(): FlowQueue | undefined {
    let best: FlowQueue | undefined;
    let finish = Number.POSITIVE_INFINITY;
    let at = this.#robin;
    const { length } = this.#queues;
    for (let i = 1; i <= length; i++) {
      const index = (this.#robin + i) % length;
      const queue = this.#queues[index]!;
      const [oldest] = queue.waiting;
      if (oldest && queue.next + GUESS * oldest.seats < finish) {
        best = queue;
        finish = queue.next + GUESS * oldest.seats;
        at = index;
      }
    }
    this.#robin = at;
    return best;
  }

  /** Virtual time passes at the rate at which each active queue is served. */
  #advance(): void {
    const now = this.#now();
    const elapsed = (now - this.#last) / 1000;
    this.#last = now;
    if (this.#active > 0)
      this.#virtual += (elapsed * Math.min(this.#seatsInUse + this.#seatsWaiting, this.#limit)) / this.#active;
  }
}

function refused(reason: Refusal): Turn {
  const admitted = Promise.reject(new Refused(reason));
  admitted.catch(() => {});
  return { admitted, release: () => {} };
}
