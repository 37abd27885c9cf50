import { appendFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export interface LogFileOptions {
  path: string;
  /** Default 100. */
  maxSizeMegabytes?: number;
  /** 0 or absent: kept for ever. */
  maxAgeDays?: number;
  /** 0 or absent: all. */
  maxBackups?: number;
}

/** More than this waits for no disk. */
const MOST_WAITING = 64 << 20;

/** `audit-2026-01-02T03-04-05.678.log` for `audit.log`, as lumberjack names them. */
export function backupName(file: string, at: Date): string {
  const { dir, name, ext } = path.parse(file);
  const time = at.toISOString().replaceAll(':', '-').replace('Z', '');
  return path.join(dir, `${name}-${time}${ext}`);
}

/** Backups that are too many or too old. @param names in the folder of the file */
export function expired(file: string, names: readonly string[], now: Date, { maxAgeDays, maxBackups }: LogFileOptions): string[] {
  const { name, ext } = path.parse(file);
  const backups = names
    .filter((other) => other.startsWith(`${name}-`) && other.endsWith(ext))
    .flatMap((other) => {
      const time = other.slice(name.length + 1, other.length - ext.length);
      const at = Date.parse(`${time.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:')}Z`);
      return Number.isNaN(at) ? [] : [{ other, at }];
    })
    .sort((a, b) => b.at - a.at);
  const oldest = maxAgeDays ? now.getTime() - maxAgeDays * 24 * 3600 * 1000 : Number.NEGATIVE_INFINITY;
  return backups
    .filter(({ at }, i) => at < oldest || (maxBackups !== undefined && maxBackups > 0 && i >= maxBackups))
    .map(({ other }) => other);
}

/** A file of lines that is set aside when it is full. Lines of one turn are written together; none is waited for. */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #lost: (lines: number, error?: unknown) => void;
  #lines: string[] = [];
  #waiting = 0;
  #size: number | undefined;
  #writing: Promise<void> | undefined;

  /** @param lost told of lines that could not be written */
  constructor(options: LogFileOptions, lost: (lines: number, error?: unknown) => void) {
    this.#options = options;
    this.#lost = lost;
  }

  write(line: string): void {
    if (this.#waiting > MOST_WAITING) {
      this.#lost(1);
      return;
    }
    this.#lines.push(line);
    this.#waiting += line.length;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      this.#lines = [];
      this.#waiting = 0;
      try {
        await this.#append(Buffer.from(lines.join('')));
      } catch (error) {
        this.#lost(lines.length, error);
      }
    }
    this.#writing = undefined;
  }

  async #append(bytes: Buffer): Promise<void> {
    const { path: file, maxSizeMegabytes = 100 } = this.#options;
    if (file === '-') {
      process.stdout.write(bytes);
      return;
    }
    if (this.#size === undefined) {
      await mkdir(path.dirname(file), { recursive: true });
      this.#size = await stat(file).then(
        ({ size }) => size,
        () => 0,
      );
    }
    if (this.#size > 0 && this.#size + bytes.length > maxSizeMegabytes * (1 << 20)) await this.#rotate();
    await appendFile(file, bytes, { mode: 0o600 });
    this.#size += bytes.length;
  }

  async #rotate(): Promise<void> {
    const { path: file } = this.#options;
    const now = new Date();
    await rename(file, backupName(file, now));
    this.#size = 0;
    const folder = path.dirname(file);
    for (const name of expired(file, await readdir(folder), now, this.#options))
      await rm(path.join(folder, name), { force: true });
  }
}
