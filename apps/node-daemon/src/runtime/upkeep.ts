import { type Logger, sleep, steadyNow } from '@windlass/platform';
import type { NodeContext } from '../pod/node-context.ts';
import { rotateLogs } from './log-rotation.ts';
import type { PodManager } from './pod-manager.ts';
import { removeStale } from './stale-files.ts';
import type { StaleNetworks } from './stale-networks.ts';

const ROTATE_MS = 2000;
/** After a rotation, the next one may be due soon: a log that floods grows by 50 MB a second. */
const FLOODED_MS = 200;
const FLOOD_MS = 10_000;
const STALE_MS = 60_000;

/** What is to be done now and then: log rotation, left-over files, cgroups and networks. */
export function startUpkeep(
  ctx: NodeContext,
  manager: PodManager,
  networks: StaleNetworks,
  logger: Logger,
): { stop(): Promise<void> } {
  const abort = new AbortController();
  const loop = (async () => {
    for (let [staleAt, floodedUntil] = [0, 0]; !abort.signal.aborted; ) {
      if (steadyNow() >= staleAt) {
        staleAt = steadyNow() + STALE_MS;
        await removeStale(ctx, (uid) => manager.has(uid) || ctx.cache.get(uid) !== undefined).catch((err) =>
          logger.warn({ err }, 'left-over files are not removed'),
        );
        await networks.sweep(steadyNow()).catch((err) => logger.warn({ err }, 'left-over networks are not removed'));
      }
      const rotated = await rotateLogs(ctx).catch((err) => logger.warn({ err }, 'logs are not rotated'));
      if (rotated) floodedUntil = steadyNow() + FLOOD_MS;
      await sleep(steadyNow() < floodedUntil ? FLOODED_MS : ROTATE_MS, abort.signal);
    }
  })();
  return {
    async stop() {
      abort.abort();
      await loop;
    },
  };
}
