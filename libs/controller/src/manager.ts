import { type Client, electLeader, type InformerFactory } from '@windlass/client';
import type { Logger } from '@windlass/platform';

/** Something that runs while its manager leads: a controller, or a loop of its own. */
export interface Runnable {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

export interface ManagerOptions {
  client: Client;
  informers: InformerFactory;
  /** Made anew for every term, so that queues and expectations never outlive a lost leadership. */
  controllers: () => readonly Runnable[];
  logger?: Logger;
  /** Absent: lead at once, without a lease. */
  leaderElection?: {
    namespace: string;
    name: string;
    identity: string;
    leaseDurationMs?: number;
    renewDeadlineMs?: number;
    retryPeriodMs?: number;
  };
  /** Called when this process starts to lead. */
  onLeading?: () => void;
}

export interface Manager {
  /** Whether the controllers run here now. */
  leading(): boolean;
  /** Stops the controllers, then releases the lease. */
  stop(): Promise<void>;
}

/** Runs controllers on shared informers, under leader election. A standby's caches are not kept warm: it costs the server no watches. */
export function startManager(options: ManagerOptions): Manager {
  const { client, informers, logger, leaderElection } = options;
  const stop = new AbortController();
  let leading = false;

  const lead = async (signal: AbortSignal) => {
    leading = true;
    options.onLeading?.();
    const runnables = options.controllers();
    informers.start(stop.signal);
    try {
      await Promise.all(
        runnables.map(async (runnable) => {
          try {
            await runnable.run(signal);
          } catch (error) {
            if (!signal.aborted) logger?.error({ controller: runnable.name, err: error }, 'controller ended');
          }
        }),
      );
    } finally {
      leading = false;
    }
  };

  const running = leaderElection
    ? electLeader({
        client,
        ...leaderElection,
        signal: stop.signal,
        lead,
        onError: (error) => logger?.warn({ err: error }, 'leader election'),
      })
    : lead(stop.signal);

  return {
    leading: () => leading,
    async stop() {
      stop.abort(new Error('manager stopped'));
      await running;
    },
  };
}
