import { spawn } from 'node:child_process';

export interface RunOptions {
  /** Written to stdin, which is then closed. */
  input?: string | Buffer;
  /** SIGKILL after so many milliseconds. Absent: no limit. */
  timeoutMs?: number;
  /** Added to this process's environment. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Exit codes that are no error besides 0; `'any'`: the caller looks at the code. */
  okCodes?: readonly number[] | 'any';
  /** SIGKILL on abort. */
  signal?: AbortSignal;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  code: number;
}

/** A command that could not start, ended with an unexpected code, or was killed. The message carries the end of its stderr. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly command: string;
  readonly args: readonly string[];
  /** Exit code; undefined when it did not start or died of a signal. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  constructor(
    command: string,
    args: readonly string[],
    what: string,
    result: { code?: number; stdout: string; stderr: string },
    cause?: unknown,
  ) {
    const detail = lastOf(result.stderr) || lastOf(result.stdout);
    super(`${describe(command, args)}: ${what}${detail ? `: ${detail}` : ''}`, { cause });
    this.command = command;
    this.args = args;
    this.code = result.code;
    this.stdout = result.stdout;
    this.stderr = result.stderr;
  }
}

const lastOf = (text: string): string => text.trim().slice(-2000);

/** One readable line; long argument lists are cut. */
const describe = (command: string, args: readonly string[]): string => {
  const line = [command, ...args].join(' ').replaceAll(/\s+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
};

/** How long after its exit a command's output is still awaited: a daemon that it left behind may hold the pipes open for ever. */
const DRAIN_MS = 500;

/**
 * Runs a command to its end, without a shell. stdout and stderr are UTF-8 text.
 * @throws CommandError when it cannot start, its exit code is unexpected, it dies of a signal or runs out of time
 */
export function run(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const output = () => ({ stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') });
    let killedBy: string | undefined;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ? { ...process.env, ...options.env } : process.env,
      uid: options.uid,
      gid: options.gid,
      stdio: 'pipe',
    });
    const kill = (why: string) => {
      killedBy ??= why;
      child.kill('SIGKILL');
    };
    const onAbort = () => kill('aborted');
    const timer = options.timeoutMs
      ? setTimeout(() => kill(`no end within ${options.timeoutMs} ms`), options.timeoutMs)
      : undefined;
    let drain: NodeJS.Timeout | undefined;
    let settled = false;
    const settle = (act: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      clearTimeout(drain);
      options.signal?.removeEventListener('abort', onAbort);
      act();
    };
    const finish = (code: number | null, signal: NodeJS.Signals | null) =>
      settle(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        const result = output();
        if (code === null || killedBy) {
          return reject(new CommandError(command, args, killedBy ?? `killed by ${signal}`, result));
        }
        if (code === 0 || options.okCodes === 'any' || options.okCodes?.includes(code)) return resolve({ ...result, code });
        reject(new CommandError(command, args, `exit code ${code}`, { ...result, code }));
      });
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle(() =>
        reject(new CommandError(command, args, error.code === 'ENOENT' ? 'no such program' : error.message, output(), error)),
      ),
    );
    child.once('exit', (code, signal) => {
      drain = setTimeout(() => finish(code, signal), DRAIN_MS);
    });
    child.once('close', finish);
    // A command that does not read its input closes the pipe: its exit code tells more than EPIPE.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
    if (options.signal?.aborted) onAbort();
    else options.signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** True when the command ends with code 0; false when it fails or does not exist. */
export const succeeds = (command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<boolean> =>
  run(command, args, options).then(
    () => true,
    () => false,
  );
