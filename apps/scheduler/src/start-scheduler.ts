import { hostname } from 'node:os';
import { createClient, createEventRecorder, electLeader, InformerFactory } from '@windlass/client';
import type { Logger } from '@windlass/platform';
import type { SchedulerConfig } from './config.ts';
import { WaveQueue } from './queue/wave-queue.ts';
import { Scheduler } from './scheduler.ts';

/** Runs the scheduler until stopped. Of several, one leads; the others stand by. */
export function startScheduler(config: SchedulerConfig, logger: Logger): { stop(): Promise<void>; done: Promise<void> } {
  const abort = new AbortController();
  const client = createClient(config.kubeconfig, { userAgent: 'windlass-scheduler' });
  const schedulerName = config.schedulerName ?? 'default-scheduler';
  const lead = async (signal: AbortSignal) => {
    const informers = new InformerFactory(client, { onError: (err, during) => logger.warn({ err, during }, 'informer') });
    const events = createEventRecorder(
      client,
      { component: schedulerName },
      { onError: (err) => logger.debug({ err }, 'event not written') },
    );
    const waves: string[][] = [];
    let queue: WaveQueue | undefined;
    const offer = (uids: string[]) => {
      if (queue) queue.offer(uids);
      else waves.push(uids);
    };
    const scheduler = new Scheduler({ client, informers, events, schedulerName, logger, offer });
    informers.start(signal);
    await Promise.race([informers.synced(), new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
    if (!signal.aborted) {
      queue = new WaveQueue(
        config.redisUrl,
        config.queueName ?? 'windlass-scheduler',
        ({ uids }) => scheduler.handleWave(uids),
        logger,
      );
      for (const uids of waves) queue.offer(uids);
      logger.info('scheduling');
      await new Promise<void>((resolve) =>
        signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
      );
    }
    scheduler.stop();
    await queue?.close();
  };
  const done = electLeader({
    client,
    name: 'kube-scheduler',
    namespace: 'kube-system',
    identity: config.identity ?? hostname(),
    lead,
    signal: abort.signal,
  } as Parameters<typeof electLeader>[0]);
  return {
    done,
    async stop() {
      abort.abort();
      await done.catch(() => {});
      client.close();
    },
  };
}
