import { chmod, chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { firstClosedDirectory, keptSecret, type OsUser, run, serviceUser } from '../process/index.ts';
import { postgresBinaries } from './binaries.ts';
import { clearLeftovers, postmasterStatus, processesIn } from './leftovers.ts';
import { type PostgresSettings, serverSettings } from './settings.ts';

export interface PostgresOptions extends Omit<PostgresSettings, 'socketDir'> {
  /** Made and initialised when missing. Its parent must exist or be creatable by us, and be searchable by the server's user. */
  dataDir: string;
  /** Directory of the unix socket. Default `<dataDir>-socket`. Paths over 90 bytes cannot hold a socket: give `port` or another directory. */
  socketDir?: string;
  /** Where the binaries are copied when the server's user cannot reach node_modules. Default `<dataDir>-bin`. */
  copyDir?: string;
  /** Superuser's password. Default: made once and kept in `<dataDir>.password`. */
  password?: string;
}

/** A PostgreSQL server as a process that someone else starts and watches. */
export interface PostgresCommand {
  command: string;
  args: string[];
  /** Absent when we are not root. */
  uid: number | undefined;
  gid: number | undefined;
  env: Record<string, string>;
  /** `postgres://…` of the database `postgres`, for the superuser `windlass`. */
  url: string;
  /** Fast shutdown (SIGTERM would wait for every client to leave). */
  stopSignal: 'SIGINT';
  /** Before every start: initialises the data directory once and clears leftovers of a killed server. */
  prepare(): Promise<void>;
  /** Whether it accepts connections. */
  ready(): Promise<boolean>;
}

/** Longest directory that still leaves room for `/.s.PGSQL.5432.lock` in sun_path (108 bytes). */
const MAX_SOCKET_DIR = 88;

/** How to run PostgreSQL 18 from the npm package on `dataDir`; as the user `windlass` when we are root, else as ourselves. */
export async function postgresCommand(options: PostgresOptions): Promise<PostgresCommand> {
  const dataDir = path.resolve(options.dataDir);
  const socketDir = options.port && !options.socketDir ? undefined : path.resolve(options.socketDir ?? `${dataDir}-socket`);
  if (socketDir && Buffer.byteLength(socketDir) > MAX_SOCKET_DIR) {
    throw new Error(`socket directory ${socketDir} is longer than ${MAX_SOCKET_DIR} bytes: give a port or a shorter directory`);
  }
  await mkdir(path.dirname(dataDir), { recursive: true });
  const user = await serviceUser();
  const closed = user && (await firstClosedDirectory(path.dirname(dataDir), user));
  if (closed)
    throw new Error(`PostgreSQL's user ${user.name} cannot reach ${dataDir}: ${closed} is closed to it (chmod o+x ${closed})`);
  const binaries = await postgresBinaries(user, options.copyDir ?? `${dataDir}-bin`);
  const password = options.password ?? (await keptSecret(`${dataDir}.password`));
  const settings = serverSettings({ ...options, socketDir });
  const port = options.port ?? 5432;
  const credentials = `windlass:${encodeURIComponent(password)}`;
  return {
    command: binaries.postgres,
    args: ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    uid: user?.uid,
    gid: user?.gid,
    env: { LC_ALL: 'C', PGDATA: dataDir },
    url: socketDir
      ? `postgres://${credentials}@localhost:${port}/postgres?host=${encodeURIComponent(socketDir)}`
      : `postgres://${credentials}@127.0.0.1:${port}/postgres`,
    stopSignal: 'SIGINT',
    async prepare() {
      await initialise(dataDir, binaries.initdb, password, user, options.durable !== false);
      if (socketDir) await ownDirectory(socketDir, user);
      await clearLeftovers(dataDir, socketDir, port);
    },
    async ready() {
      const status = await postmasterStatus(dataDir);
      return status?.ready === true && (await processesIn(dataDir)).includes(status.pid);
    },
  };
}

async function ownDirectory(directory: string, user: OsUser | undefined): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  if (user) await chown(directory, user.uid, user.gid);
}

/** initdb beside the real place and one rename, so that an interrupted one is never taken for a database. */
async function initialise(
  dataDir: string,
  initdb: string,
  password: string,
  user: OsUser | undefined,
  sync: boolean,
): Promise<void> {
  if (await stat(path.join(dataDir, 'PG_VERSION')).catch(() => undefined)) return;
  const making = `${dataDir}.initdb`;
  await rm(making, { recursive: true, force: true });
  await ownDirectory(making, user);
  const target = path.join(making, 'data');
  const passwordFile = path.join(making, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);
  // The builtin provider needs no locale of the machine, and skips the slow import of ICU collations.
  const args = ['-D', target, '-U', 'windlass', '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale', 'C'];
  args.push('--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--no-instructions', ...(sync ? [] : ['--no-sync']));
  await run(initdb, args, { uid: user?.uid, gid: user?.gid, cwd: making, env: { LC_ALL: 'C' }, timeoutMs: 120_000 });
  await rm(dataDir, { recursive: true, force: true });
  await rename(target, dataDir);
  await rm(making, { recursive: true, force: true });
}
