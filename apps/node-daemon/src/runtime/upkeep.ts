import { type Logger, sleep } from '@windlass/platform';
import type { NodeContext } from '../pod/node-context.ts';
import { rotateLogs } from './log-rotation.ts';
import type { PodManager } from './pod-manager.ts';
import { removeStale } from './stale-files.ts';

const ROTATE_MS = 10_000;
const STALE_EVERY = 6;

/** What is to be done now and then: log rotation, left-over files and cgroups. */
export function startUpkeep(ctx: NodeContext, manager: PodManager, logger: Logger): { stop(): Promise<void> } {
  const abort = new AbortController();
  const loop = (async () => {
    for (let round = 0; !abort.signal.aborted; round++) {
      if (round % STALE_EVERY === 0)
        await removeStale(ctx, (uid) => manager.has(uid) || ctx.cache.get(uid) !== undefined).catch((err) =>
          logger.warn({ err }, 'left-over files are not removed'),
        );
      await rotateLogs(ctx).catch((err) => logger.warn({ err }, 'logs are not rotated'));
      await sleep(ROTATE_MS, abort.signal);
    }
  })();
  return {
    async stop() {
      abort.abort();
      await loop;
    },
  };
}
