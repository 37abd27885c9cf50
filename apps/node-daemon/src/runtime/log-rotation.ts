import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { NodeContext } from '../pod/node-context.ts';
import { isRunning } from '../pod/observed.ts';

/** The kubelet's defaults: containerLogMaxSize and containerLogMaxFiles. */
const MAX_BYTES = 10 * 1024 ** 2;
const MAX_FILES = 5;
const SETTLED_MS = 10_000;

const stamp = (now: Date): string => now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');

/** Which of a container's rotated files go: all but the newest that fit beside the current one. @param names sorted, oldest first */
export const surplus = (names: readonly string[]): string[] => names.slice(0, Math.max(0, names.length - (MAX_FILES - 1)));

/**
 * Starts a new file for every running container whose log has grown too large; older files are compressed, the oldest removed.
 * @returns whether there was one
 */
export async function rotateLogs(ctx: NodeContext): Promise<boolean> {
  let rotatedAny = false;
  for (const uid of ctx.cache.uids())
    for (const container of ctx.cache.get(uid)?.containers ?? []) {
      if (!isRunning(container) || !container.logPath) continue;
      const found = await stat(container.logPath).catch(() => undefined);
      if (!found || found.size < MAX_BYTES) continue;
      // Lines that are not shipped yet may be in the older files.
      if (await ctx.mayRemoveLogs(uid)) await tidyRotated(container.logPath);
      const rotated = `${container.logPath}.${stamp(new Date())}`;
      rotatedAny = true;
      await rename(container.logPath, rotated);
      await ctx.cri.reopenContainerLog(container.id).catch(async (error) => {
        await rename(rotated, container.logPath);
        throw error;
      });
    }
  return rotatedAny;
}

async function tidyRotated(logPath: string): Promise<void> {
  const directory = path.dirname(logPath);
  const prefix = `${path.basename(logPath)}.`;
  const names = (await readdir(directory)).filter((name) => name.startsWith(prefix) && !name.endsWith('.tmp')).sort();
  const gone = surplus([...names, 'next']);
  for (const name of gone) await rm(path.join(directory, name), { force: true });
  for (const name of names) {
    if (gone.includes(name) || name.endsWith('.gz')) continue;
    const file = path.join(directory, name);
    // Of a log that floods, it is gone before it would be compressed.
    if (Date.now() - (await stat(file)).mtimeMs < SETTLED_MS) continue;
    await pipeline(createReadStream(file), createGzip(), createWriteStream(`${file}.tmp`));
    await rename(`${file}.tmp`, `${file}.gz`);
    await rm(file);
  }
}
