import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts';

/**
 * A throw-away server for tests: under a second to start, unix socket only, no fsync, gone with this process or with `stop()`, which also
 * removes its files. Not under $TMPDIR, whose length is not ours: a socket path holds 108 bytes.
 */
export async function startTemporaryPostgres(
  options: { durable?: boolean; settings?: Record<string, string> } = {},
): Promise<EmbeddedPostgres> {
  const directory = await mkdtemp('/tmp/windlass-pg-');
  await chmod(directory, 0o755);
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const server = await startEmbeddedPostgres({
      dataDir: path.join(directory, 'data'),
      durable: options.durable ?? false,
      settings: { max_connections: '100', shared_buffers: '32MB', ...options.settings },
      endWithParent: true,
    });
    return Object.assign(server, { stop: stopThen(server, remove) });
  } catch (error) {
    await remove();
    throw error;
  }
}

const stopThen = (server: EmbeddedPostgres, remove: () => Promise<void>) => {
  const stop = server.stop.bind(server);
  return async () => {
    await stop();
    await remove();
  };
};
