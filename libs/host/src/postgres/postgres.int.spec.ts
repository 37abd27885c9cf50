import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { postgresCommand, startEmbeddedPostgres, startTemporaryPostgres } from './index.ts';
import { processesIn } from './leftovers.ts';

describe('embedded PostgreSQL', () => {
  test('a temporary server runs unprivileged, restarts after SIGKILL and leaves nothing behind', async () => {
    const server = await startTemporaryPostgres();
    const directory = path.dirname(decodeURIComponent(new URL(server.url).searchParams.get('host')!));
    const dataDir = path.join(directory, 'data');
    expect(await processesIn(dataDir)).toContain(server.pid);
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
    expect(status).not.toMatch(/^Uid:\s+0/m);
    await expect(postgresCommand({ dataDir }).then((command) => command.prepare())).rejects.toThrow('already runs');
    const before = server.pid;
    await server.kill();
    // A pid that lives but is no PostgreSQL, as after a reboot.
    const stale = (await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).replace(/^\d+/, String(process.pid));
    await writeFile(path.join(dataDir, 'postmaster.pid'), stale);
    await server.restart();
    expect(server.pid).not.toBe(before);
    await server.stop();
    expect(await processesIn(dataDir)).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });

  test('keeps its password, says why it cannot start', async () => {
    const directory = await mkdtemp('/tmp/windlass-pg-');
    try {
      const first = await postgresCommand({ dataDir: path.join(directory, 'x') }).catch((error) => error);
      if (process.getuid?.() === 0) expect(first.message).toContain('is closed to it');
      await rm(directory, { recursive: true });
      await expect(postgresCommand({ dataDir: `/tmp/${'x'.repeat(100)}` })).rejects.toThrow('longer than');
      const { mkdirSync } = await import('node:fs');
      mkdirSync(directory, { mode: 0o755 });
      const options = { dataDir: path.join(directory, 'x'), durable: false };
      const command = await postgresCommand(options);
      expect((await postgresCommand(options)).url).toBe(command.url);
      await expect(startEmbeddedPostgres({ ...options, settings: { shared_buffers: 'nonsense' } })).rejects.toThrow(
        'invalid value for parameter "shared_buffers"',
      );
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
