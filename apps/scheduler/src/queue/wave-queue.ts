import type { Logger } from '@windlass/platform';
import { Queue, Worker } from 'bullmq';
import { connectRedis } from './redis.ts';

/** Pods to place together. A hint only: whoever handles a wave looks every pod up again. */
export interface Wave {
  uids: string[];
}

/** Carries waves through BullMQ. One wave is handled at a time, so that placements see each other. */
export class WaveQueue {
  readonly #queue: Queue<Wave>;
  readonly #worker: Worker<Wave>;
  readonly #close: () => void;

  constructor(redisUrl: string, name: string, handle: (wave: Wave) => Promise<void>, logger: Logger) {
    const producing = connectRedis(redisUrl);
    const consuming = connectRedis(redisUrl);
    this.#close = () => {
      producing.disconnect();
      consuming.disconnect();
    };
    let reported = false;
    const onError = (err: Error) => {
      if (!reported) logger.warn({ err }, 'queue is out of reach, waiting for it');
      reported = true;
    };
    for (const connection of [producing, consuming]) {
      connection.on('error', onError);
      connection.on('ready', () => {
        reported = false;
      });
    }
    const jobs = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
    this.#queue = new Queue<Wave>(name, { connection: producing, defaultJobOptions: jobs });
    this.#worker = new Worker<Wave>(name, (job) => handle(job.data), {
      connection: consuming,
      concurrency: 1,
      lockDuration: 30_000,
    });
    this.#queue.on('error', onError);
    this.#worker.on('error', onError);
    this.#worker.on('failed', (_job, err) => logger.error({ err }, 'wave failed'));
  }

  /** Never waits for Redis: a wave that does not arrive is offered again by the pending list. */
  offer(uids: string[]): void {
    this.#queue.add('wave', { uids }).catch(() => {});
  }

  async close(): Promise<void> {
    await Promise.race([
      Promise.all([this.#worker.close(true), this.#queue.close()]),
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
    this.#close();
  }
}
