import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, firstClosedDirectory, keptSecret, serviceUser } from '../process/index.ts';
import { ping, type RedisAddress } from './ping.ts';

export interface RedisOptions {
  /** Made when missing; holds the configuration, the unix socket and the append-only file. Its parent must be searchable by the server's user. */
  dataDir: string;
  /** Loopback TCP port, protected by a password. Absent: a unix socket that only root and the server's user can open. */
  port?: number;
  /** Path of the unix socket, at most 100 bytes. Default `<dataDir>/redis.sock`. */
  socket?: string;
  /**
   * Keep the data over restarts (append-only file, fsync every second). Default false: the queue is a hint that is filled again from the API,
   * and an old one would only be worked off in vain.
   */
  durable?: boolean;
}

/** A Redis server as a process that someone else starts and watches. */
export interface RedisCommand {
  command: string;
  args: string[];
  /** Absent when we are not root. */
  uid: number | undefined;
  gid: number | undefined;
  env: Record<string, string>;
  /** `redis+unix:///path`, or `redis://:password@127.0.0.1:port`. */
  url: string;
  stopSignal: 'SIGTERM';
  /** Before every start. */
  prepare(): Promise<void>;
  /** Whether it answers PING. */
  ready(): Promise<boolean>;
}

/** Longest path that fits into sun_path (108 bytes) with some room. */
const MAX_SOCKET = 100;

/** How to run Debian's redis-server for the scheduling queue; as the user `windlass` when we are root, else as ourselves. */
export async function redisCommand(options: RedisOptions): Promise<RedisCommand> {
  const dataDir = path.resolve(options.dataDir);
  await mkdir(path.dirname(dataDir), { recursive: true });
  const program = await findProgram('redis-server');
  const user = await serviceUser();
  const closed = user && (await firstClosedDirectory(path.dirname(dataDir), user));
  if (closed)
    throw new Error(`Redis's user ${user.name} cannot reach ${dataDir}: ${closed} is closed to it (chmod o+x ${closed})`);
  const address: RedisAddress = options.port
    ? { port: options.port, password: await keptSecret(`${dataDir}.password`) }
    : { socket: path.resolve(options.socket ?? path.join(dataDir, 'redis.sock')) };
  if ('socket' in address && Buffer.byteLength(address.socket) > MAX_SOCKET) {
    throw new Error(`socket path ${address.socket} is longer than ${MAX_SOCKET} bytes: give a port or a shorter path`);
  }
  const file = path.join(dataDir, 'redis.conf');
  return {
    command: program,
    args: [file],
    uid: user?.uid,
    gid: user?.gid,
    env: { LC_ALL: 'C' },
    url: 'socket' in address ? `redis+unix://${address.socket}` : `redis://:${address.password}@127.0.0.1:${address.port}`,
    stopSignal: 'SIGTERM',
    async prepare() {
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      await chmod(dataDir, 0o700);
      await writeFile(file, configuration(dataDir, address, options.durable === true), { mode: 0o600 });
      if ('socket' in address) await rm(address.socket, { force: true });
      if (!user) return;
      await chown(dataDir, user.uid, user.gid);
      await chown(file, user.uid, user.gid);
    },
    ready: () => ping(address),
  };
}

/** redis.conf: never evict (BullMQ loses jobs otherwise), never leave the machine, the password not on the command line. */
export function configuration(dataDir: string, address: RedisAddress, durable: boolean): string {
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const lines =
    'socket' in address
      ? ['port 0', `unixsocket ${quoted(address.socket)}`, 'unixsocketperm 700']
      : [`port ${address.port}`, 'bind 127.0.0.1', `requirepass ${quoted(address.password)}`];
  lines.push(
    `dir ${quoted(dataDir)}`,
    'daemonize no',
    'maxmemory-policy noeviction',
    'save ""',
    'databases 1',
    'tcp-keepalive 60',
  );
  lines.push(durable ? 'appendonly yes\nappendfsync everysec' : 'appendonly no');
  return `${lines.join('\n')}\n`;
}
