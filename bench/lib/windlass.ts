import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTemporaryPostgres } from '@windlass/host';
import { nodeFlags } from '@windlass/platform';
import { createDatabase } from '@windlass/store';
import { descendantsOf } from './stats.ts';
import { BenchClient, type Target } from './target.ts';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

/** An API server of ours in a process of its own (`npm run build` first), on an embedded PostgreSQL with synchronous commits. */
export async function startWindlass(args: string[] = []): Promise<Target & { stop(): Promise<void> }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'windlass-bench-'));
  const postgres = await startTemporaryPostgres({ durable: true });
  const port = await freePort();
  await writeFile(path.join(directory, 'tokens.csv'), 'bench-token,bench,bench,"system:masters"\n');
  const config = path.join(directory, 'api-server.json');
  await writeFile(
    config,
    JSON.stringify({
      databaseUrl: await createDatabase(postgres.url, 'bench'),
      listen: { host: '127.0.0.1', port },
      pkiDir: path.join(directory, 'pki'),
      serviceCidr: '10.96.0.0/16',
      tokensFile: path.join(directory, 'tokens.csv'),
    }),
  );
  const main = path.resolve(import.meta.dirname, '../..', process.env.WINDLASS_DIST ?? 'dist', 'api-server.mjs');
  const child = spawn(process.execPath, [...nodeFlags('api-server'), ...args, main, '--config', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.once('exit', () => child.kill());
  const target = {
    name: 'windlass',
    url: `https://127.0.0.1:${port}`,
    token: 'bench-token',
    pids: [child.pid!],
    workers: () => descendantsOf(process.pid),
  };
  const client = new BenchClient(target, 1);
  for (let tries = 0; ; tries++) {
    const ready = await client.request('GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) break;
    if (tries > 200 || child.exitCode !== null) throw new Error('the API server did not become ready');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  client.close();
  return {
    ...target,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
