import { sleep } from '@windlass/platform';
import { type ChildHandle, spawnProcess, succeeds } from '../process/index.ts';
import { type PostgresOptions, postgresCommand } from './command.ts';

export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** SIGKILL, as a crash. The data directory stays. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill} or {@link stop}; same URL. */
  restart(): Promise<void>;
  /** Fast shutdown: clients are disconnected, committed data is on disk. */
  stop(): Promise<void>;
}

export interface StartOptions extends PostgresOptions {
  /** Longest time until it accepts connections (crash recovery included). Default 60 s. */
  readyTimeoutMs?: number;
  logFile?: string;
  /** The kernel ends the server when this process dies, however it dies (prctl(2), PR_SET_PDEATHSIG). For tests. Default false. */
  endWithParent?: boolean;
}

/** Starts PostgreSQL on `dataDir` as a child of this process and waits until it accepts connections. @throws Error with its output when it does not */
export async function startEmbeddedPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  const spec = await postgresCommand(options);
  const withParent = options.endWithParent && (await succeeds('setpriv', ['--pdeathsig', 'INT', 'true']));
  const identity = spec.uid === undefined ? [] : ['--reuid', `${spec.uid}`, '--regid', `${spec.gid}`, '--clear-groups'];
  const start = async (): Promise<ChildHandle> => {
    await spec.prepare();
    const child = withParent
      ? await spawnProcess('setpriv', [...identity, '--pdeathsig', 'INT', spec.command, ...spec.args], {
          env: spec.env,
          logFile: options.logFile,
        })
      : await spawnProcess(spec.command, spec.args, { env: spec.env, uid: spec.uid, gid: spec.gid, logFile: options.logFile });
    const deadline = Date.now() + (options.readyTimeoutMs ?? 60_000);
    while (!(await spec.ready())) {
      if (!child.running) throw new Error(`PostgreSQL ended at once: ${child.output() || `see ${options.logFile}`}`);
      if (Date.now() > deadline) {
        await child.stop(0);
        throw new Error(`PostgreSQL is not ready: ${child.output() || `see ${options.logFile}`}`);
      }
      await sleep(10);
    }
    return child;
  };
  let child = await start();
  return {
    url: spec.url,
    get pid() {
      return child.pid;
    },
    async kill() {
      process.kill(child.pid, 'SIGKILL');
      await child.exited;
    },
    async restart() {
      await child.stop(10_000, spec.stopSignal);
      child = await start();
    },
    async stop() {
      await child.stop(10_000, spec.stopSignal);
    },
  };
}
