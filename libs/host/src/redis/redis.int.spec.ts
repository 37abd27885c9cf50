import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { type ChildHandle, spawnProcess } from '../process/index.ts';
import { type RedisCommand, redisCommand } from './command.ts';
import { ping } from './ping.ts';

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

describe('redis-server', () => {
  let directory: string;
  let child: ChildHandle | undefined;
  beforeEach(async () => {
    directory = await mkdtemp('/tmp/windlass-redis-');
    await chmod(directory, 0o755);
  });
  afterEach(async () => {
    await child?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const start = async (spec: RedisCommand) => {
    expect(await spec.ready()).toBe(false);
    await spec.prepare();
    child = await spawnProcess(spec.command, spec.args, { uid: spec.uid, gid: spec.gid, env: spec.env });
    for (let i = 0; i < 500 && !(await spec.ready()); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    if (!(await spec.ready())) throw new Error(child.output());
  };

  test('on a unix socket; again after SIGKILL', async () => {
    const spec = await redisCommand({ dataDir: path.join(directory, 'data') });
    expect(spec.url).toBe(`redis+unix://${directory}/data/redis.sock`);
    await start(spec);
    child!.kill('SIGKILL');
    await child!.exited;
    await start(spec);
  });

  test('on a port, with a password that is kept', async () => {
    const port = await freePort();
    const spec = await redisCommand({ dataDir: path.join(directory, 'data'), port, durable: true });
    await start(spec);
    expect((await redisCommand({ dataDir: path.join(directory, 'data'), port })).url).toBe(spec.url);
    expect(await ping({ port, password: 'wrong' })).toBe(false);
  });
});
