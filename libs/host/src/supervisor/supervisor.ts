import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { type Logger, sleep } from '@windlass/platform';
import { nextRestart } from './backoff.ts';
import { endProcess, processId, readPidFile, writePidFile } from './process-id.ts';

/** A long-running process that the supervisor owns. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** stdout and stderr are appended here. */
  logFile: string;
  pidFile: string;
  /** Runs before every start. */
  prepare?(): Promise<void>;
  /** Polled after the start until true. Absent: ready at once. */
  ready?(): Promise<boolean>;
  readyTimeoutMs?: number;
  /** Asks for a clean end. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Time between it and SIGKILL. Default 10 s. */
  stopGraceMs?: number;
}

export interface ProcessState {
  name: string;
  pid: number | undefined;
  restarts: number;
  since: string;
}

interface Entry {
  spec: ProcessSpec;
  child: ChildProcess | undefined;
  restarts: number;
  delayMs: number;
  startedAt: number;
}

/** Starts processes in order, starts them again when they end, and stops them in reverse order. */
export class Supervisor {
  readonly #entries: Entry[] = [];
  readonly #logger: Logger;
  readonly #onChange: (states: ProcessState[]) => void;
  #stopping = false;

  constructor(logger: Logger, onChange: (states: ProcessState[]) => void = () => {}) {
    this.#logger = logger;
    this.#onChange = onChange;
  }

  states(): ProcessState[] {
    return this.#entries.map((entry) => ({
      name: entry.spec.name,
      pid: entry.child?.pid,
      restarts: entry.restarts,
      since: new Date(entry.startedAt).toISOString(),
    }));
  }

  /** Starts a process and resolves when it is ready. A process left over from an earlier supervisor (pid file) is ended first. @throws Error when it is not ready in time */
  async start(spec: ProcessSpec): Promise<void> {
    const old = readPidFile(spec.pidFile);
    if (old) await endProcess(old, spec.stopGraceMs, spec.stopSignal);
    const entry: Entry = { spec, child: undefined, restarts: 0, delayMs: 0, startedAt: Date.now() };
    this.#entries.push(entry);
    await this.#spawn(entry);
    if (!spec.ready) return;
    const deadline = Date.now() + (spec.readyTimeoutMs ?? 60_000);
    while (!(await spec.ready().catch(() => false))) {
      if (this.#stopping) return;
      if (Date.now() > deadline) throw new Error(`${spec.name} is not ready: see ${spec.logFile}`);
      await sleep(20);
    }
  }

  async #spawn(entry: Entry): Promise<void> {
    const { spec } = entry;
    await spec.prepare?.();
    if (this.#stopping) return;
    const log = openSync(spec.logFile, 'a', 0o640);
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.env },
      uid: spec.uid,
      gid: spec.gid,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    entry.child = child;
    entry.startedAt = Date.now();
    let ended = false;
    const again = (what: object) => {
      if (ended) return;
      ended = true;
      entry.child = undefined;
      if (this.#stopping) return;
      entry.delayMs = nextRestart(entry.delayMs, Date.now() - entry.startedAt);
      entry.restarts++;
      this.#logger.warn({ process: spec.name, ...what, restartInMs: entry.delayMs }, 'process ended');
      this.#onChange(this.states());
      setTimeout(() => {
        if (this.#stopping) return;
        this.#spawn(entry).catch((err) => again({ err }));
      }, entry.delayMs);
    };
    child.once('error', (err) => again({ err }));
    child.once('exit', (code, signal) => again({ code, signal }));
    if (child.pid) writePidFile(spec.pidFile, child.pid);
    this.#onChange(this.states());
  }

  /** Stops everything, last started first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const entry of this.#entries.toReversed()) {
      const id = entry.child?.pid ? processId(entry.child.pid) : undefined;
      if (id) await endProcess(id, entry.spec.stopGraceMs, entry.spec.stopSignal);
      rmSync(entry.spec.pidFile, { force: true });
    }
  }
}
