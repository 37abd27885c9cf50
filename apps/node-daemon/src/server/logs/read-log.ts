import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from '@windlass/platform';
import { LogFormatter, tailOffset } from './log-lines.ts';
import type { LogOptions } from './log-options.ts';

const CHUNK_BYTES = 256 * 1024;
/** The kernel tells of changes; this is for file systems that do not. */
const RELOOK_MS = 1000;
const NEWLINE = 10;

/**
 * A container's log as a client sees it, from the current file on. `follow` goes on over rotations until `isRunning` is false and all is
 * read, or the signal aborts. Reads only as fast as the consumer takes.
 */
export async function* readLog(
  file: string,
  options: LogOptions,
  isRunning: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const formatter = new LogFormatter(options);
  const change = options.follow ? new FileChange(file) : undefined;
  let handle = await openWhenThere(file, isRunning);
  if (!handle) return change?.close();
  try {
    let offset = await startOffset(handle, options);
    while (!signal.aborted && !formatter.isDone) {
      const wasRunning = isRunning();
      const lines = await wholeLines(handle, offset);
      if (lines.length > 0) {
        offset += lines.length;
        const text = formatter.format(lines);
        if (text.length > 0) yield text;
        continue;
      }
      if (!options.follow) return;
      const next = await rotated(handle, file);
      if (next) {
        await handle.close();
        handle = next;
        offset = 0;
        continue;
      }
      if (!wasRunning) return;
      await change!.wait(RELOOK_MS, signal);
    }
  } finally {
    change?.close();
    await handle?.close();
  }
}

/** The runtime makes the file just after the container has started. */
async function openWhenThere(file: string, isRunning: () => boolean): Promise<FileHandle | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle || !isRunning()) return handle;
  await sleep(50);
  return open(file, 'r').catch(() => undefined);
}

async function startOffset(handle: FileHandle, { tailLines }: LogOptions): Promise<number> {
  if (tailLines === undefined) return 0;
  const { size } = await handle.stat();
  return tailOffset(size, tailLines, async (buffer, offset) => (await handle.read(buffer, 0, buffer.length, offset)).bytesRead);
}

/** From `offset` to the last newline within a chunk (or within as much as one line takes). */
async function wholeLines(handle: FileHandle, offset: number): Promise<Buffer> {
  for (let size = CHUNK_BYTES; ; size *= 2) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(size), 0, size, offset);
    const last = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (last >= 0 || bytesRead < size) return buffer.subarray(0, last + 1);
  }
}

/** The new file, when another one has taken the name. */
async function rotated(handle: FileHandle, file: string): Promise<FileHandle | undefined> {
  const [now, here] = await Promise.all([stat(file).catch(() => undefined), handle.stat()]);
  return now && now.ino !== here.ino ? open(file, 'r').catch(() => undefined) : undefined;
}

/** Waits until something happens to a file or its name. */
class FileChange {
  readonly #watcher: FSWatcher | undefined;
  #happened = Promise.withResolvers<void>();
  constructor(file: string) {
    try {
      this.#watcher = watch(path.dirname(file), () => this.#happened.resolve());
      this.#watcher.on('error', () => {});
    } catch {
      // The directory is gone: the relook finds out.
    }
  }
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    await Promise.race([this.#happened.promise, sleep(ms, AbortSignal.any([signal, over.signal]))]);
    over.abort();
    this.#happened = Promise.withResolvers();
  }
  close(): void {
    this.#watcher?.close();
  }
}
