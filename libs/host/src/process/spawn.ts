import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { CommandError } from './run.ts';

export interface SpawnOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** stdout and stderr are appended to this file. Absent: the last 16 KB are kept in memory, see {@link ChildHandle.output}. */
  logFile?: string;
  /** Own process group, so that the child survives signals sent to ours (Ctrl-C) and {@link ChildHandle.stop} reaches its children. Default true. */
  ownGroup?: boolean;
  /** The child goes on when this process ends, and does not keep it from ending. */
  background?: boolean;
}

export interface Exit {
  code: number | undefined;
  signal: NodeJS.Signals | undefined;
}

/** A long-running child process. */
export interface ChildHandle {
  readonly pid: number;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  readonly running: boolean;
  /** The last output, when no log file was given. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM (or `signal`), after `graceMs` SIGKILL; resolves when it has ended. */
  stop(graceMs?: number, signal?: NodeJS.Signals): Promise<Exit>;
}

const KEEP_BYTES = 16 * 1024;

/** Starts a process and leaves it running. @throws CommandError when it cannot start */
export async function spawnProcess(
  command: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
): Promise<ChildHandle> {
  const ownGroup = options.ownGroup ?? true;
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a', 0o640);
  const sink = log ?? 'pipe';
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ? { ...process.env, ...options.env } : process.env,
    uid: options.uid,
    gid: options.gid,
    detached: ownGroup,
    stdio: ['ignore', sink, sink],
  });
  if (log !== undefined) closeSync(log);
  if (options.background) child.unref();
  let kept = '';
  const keep = (chunk: Buffer) => {
    kept = (kept + chunk.toString('utf8')).slice(-KEEP_BYTES);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let running = true;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      resolve({ code: code ?? undefined, signal: signal ?? undefined });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new CommandError(
          command,
          args,
          error.code === 'ENOENT' ? 'no such program' : error.message,
          { stdout: '', stderr: '' },
          error,
        ),
      ),
    );
  });
  const pid = child.pid!;
  const kill = (signal: NodeJS.Signals) => {
    if (!running) return;
    try {
      process.kill(ownGroup ? -pid : pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  return {
    pid,
    exited,
    get running() {
      return running;
    },
    output: () => kept,
    kill,
    async stop(graceMs = 10_000, signal = 'SIGTERM') {
      kill(signal);
      const timer = setTimeout(() => kill('SIGKILL'), graceMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}
