import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Client, createClient } from '@windlass/client';
import { ADMIN_TOKEN, freshDatabase } from '@windlass/testkit';
import { freePort } from '../lib/free-port.ts';

export interface ServerProcess {
  client: Client;
  kill(): Promise<void>;
  /** On the same port. Resolves when it is ready. */
  start(): Promise<void>;
}

export interface ServerProcesses {
  databaseUrl: string;
  servers: ServerProcess[];
  stop(): Promise<void>;
}

const main = path.resolve(import.meta.dirname, '../../dist/api-server.mjs');

/** API servers in processes of their own (`npm run build` first) on one fresh database, so that one of them can be killed. */
export async function startServers(count: number): Promise<ServerProcesses> {
  const directory = await mkdtemp(path.join(tmpdir(), 'windlass-soak-'));
  const database = await freshDatabase();
  const tokensFile = path.join(directory, 'tokens.csv');
  await writeFile(tokensFile, `${ADMIN_TOKEN},admin,admin,"system:masters"\n`);
  const servers: ServerProcess[] = [];
  for (let i = 0; i < count; i++) {
    const server = await serverProcess(path.join(directory, `server-${i}.json`), {
      databaseUrl: database.url,
      pkiDir: path.join(directory, 'pki'),
      serviceCidr: '10.96.0.0/16',
      tokensFile,
    });
    await server.start();
    servers.push(server);
  }
  return {
    databaseUrl: database.url,
    servers,
    async stop() {
      for (const server of servers) {
        await server.kill();
        server.client.close();
      }
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function serverProcess(file: string, config: object): Promise<ServerProcess> {
  const port = await freePort();
  await writeFile(file, JSON.stringify({ ...config, listen: { host: '127.0.0.1', port } }));
  const client = createClient(
    { server: `https://127.0.0.1:${port}`, token: ADMIN_TOKEN, insecureSkipTlsVerify: true },
    { maxSockets: 256 },
  );
  let child: ChildProcess | undefined;
  return {
    client,
    async start() {
      child = spawn(process.execPath, [main, '--config', file], { stdio: ['ignore', 'ignore', 'inherit'], env: process.env });
      for (let tries = 0; ; tries++) {
        const ready = await client.request({ method: 'GET', path: '/readyz' }).catch(() => undefined);
        if (ready) return;
        if (tries > 200 || child.exitCode !== null) throw new Error('the API server did not become ready');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}
