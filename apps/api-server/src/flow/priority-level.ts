import type { PriorityLevelConfiguration } from '@windlass/resources';
import type { Limits } from './allocation.ts';
import { FairQueues, type QueueOptions, type Turn } from './fair-queues.ts';
import { SeatDemand } from './seat-demand.ts';

function queueOptions({ spec }: PriorityLevelConfiguration, longestWait: number): QueueOptions {
  const { type, queuing } = spec?.limited?.limitResponse ?? {};
  const { queues = 64, handSize = 8, queueLengthLimit = 50 } = queuing ?? {};
  return { queues: type === 'Queue' ? queues : 0, handSize, queueLengthLimit, longestWait };
}

/** A PriorityLevelConfiguration at work. */
export class PriorityLevel {
  readonly demand = new SeatDemand(performance.now());
  readonly #longestWait: number;
  #configuration: PriorityLevelConfiguration;
  #options: QueueOptions;
  #queues: FairQueues;
  #limits: Limits = { nominal: 0, minimum: 0, maximum: 0 };
  #exemptSeats = 0;

  /** @param longestWait milliseconds */
  constructor(configuration: PriorityLevelConfiguration, longestWait: number) {
    this.#longestWait = longestWait;
    this.#configuration = configuration;
    this.#options = queueOptions(configuration, longestWait);
    this.#queues = this.#makeQueues();
  }

  get uid(): string {
    return this.#configuration.metadata.uid ?? '';
  }

  get limits(): Limits {
    return this.#limits;
  }

  get exempt(): boolean {
    return this.#configuration.spec?.type === 'Exempt';
  }

  get waiting(): number {
    return this.#queues.waiting;
  }

  /** Requests that wait in queues of an earlier shape go on there, at the earlier limit, until they are through. */
  configure(configuration: PriorityLevelConfiguration, limits: Limits): void {
    const options = queueOptions(configuration, this.#longestWait);
    const { queues, handSize, queueLengthLimit } = this.#options;
    const same = options.queues === queues && options.handSize === handSize && options.queueLengthLimit === queueLengthLimit;
    this.#configuration = configuration;
    this.#options = options;
    if (!same) this.#queues = this.#makeQueues();
    if (!same || limits.nominal !== this.#limits.nominal) this.#queues.limit = limits.nominal;
    this.#limits = limits;
  }

  /** Until the next period. */
  set seats(seats: number) {
    this.#queues.limit = seats;
  }

  enter(flow: string, seats: number, signal: AbortSignal): Turn {
    return this.exempt ? this.#pass(seats) : this.#queues.enter(flow, seats, signal);
  }

  /** Exempt requests are counted, never held up. */
  #pass(seats: number): Turn {
    this.#exemptSeats += seats;
    this.demand.set(this.#exemptSeats, performance.now());
    let running = true;
    return {
      release: () => {
        if (!running) return;
        running = false;
        this.#exemptSeats -= seats;
        this.demand.set(this.#exemptSeats, performance.now());
      },
    };
  }

  #makeQueues(): FairQueues {
    return new FairQueues(this.#options, (wanted) => this.demand.set(wanted, performance.now()));
  }
}
