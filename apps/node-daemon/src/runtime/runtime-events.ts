import { containerdTaskEvents } from '@windlass/host';
import { type Logger, sleep } from '@windlass/platform';
import type { PodCache } from './pod-cache.ts';

/** Containerd tells of an exit before its CRI part has seen it. */
const SETTLE_MS = [0, 15, 60, 200];
const RELIST_MS = 1000;

export interface RuntimeEvents {
  stop(): Promise<void>;
}

/**
 * Calls `changed` with the uid of every pod whose containers changed by themselves: at once by containerd's events, and by a comparison of
 * everything each second, should the stream break.
 */
export function watchRuntime(
  socket: string,
  cache: PodCache,
  changed: (uid: string) => void,
  oom: (containerId: string) => void,
  logger: Logger,
): RuntimeEvents {
  const abort = new AbortController();

  const ended = async (containerId: string): Promise<void> => {
    for (const ms of SETTLE_MS) {
      await sleep(ms, abort.signal);
      const uid = cache.ownerOf(containerId);
      if (!uid || abort.signal.aborted) return;
      const { containers, sandboxes } = await cache.refresh(uid);
      const container = containers.find(({ id }) => id === containerId);
      const sandbox = sandboxes.find(({ id }) => id === containerId);
      if (container?.state === 'CONTAINER_RUNNING' || sandbox?.state === 'SANDBOX_READY') continue;
      changed(uid);
      return;
    }
  };
  const stream = async () => {
    while (!abort.signal.aborted) {
      try {
        for await (const { type, containerId } of containerdTaskEvents(socket, abort.signal)) {
          if (type === 'oom') oom(containerId);
          if (type === 'exit') void ended(containerId).catch((err) => logger.debug({ err }, 'runtime does not answer'));
        }
      } catch (err) {
        logger.warn({ err }, 'runtime events are lost, opening them anew');
      }
      await sleep(500, abort.signal);
    }
  };
  const relist = async () => {
    while (!abort.signal.aborted) {
      await sleep(RELIST_MS, abort.signal);
      if (abort.signal.aborted) return;
      try {
        for (const uid of await cache.relist()) changed(uid);
      } catch (err) {
        logger.warn({ err }, 'runtime cannot be listed');
      }
    }
  };
  const loops = [stream(), relist()];
  return {
    async stop() {
      abort.abort();
      await Promise.all(loops);
    },
  };
}
