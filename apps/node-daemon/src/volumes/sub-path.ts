import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mountPointsBelow, run, unmountBelow } from '@windlass/host';

/** open(2): a handle on the place itself, that needs no permission to read (libuv passes it on, Node.js has no name for it). */
const O_PATH = 0o10_000_000;
const NOT_FOLLOWED = O_PATH | constants.O_NOFOLLOW;

const refusal = (subPath: string): Error => new Error(`subPath ${JSON.stringify(subPath)} leads out of its volume`);

/** openat(2) and mkdirat(2), which Node.js lacks: a name below an open directory, wherever that was moved to. */
const at = (directory: FileHandle, name: string): string => `/proc/self/fd/${directory.fd}/${name}`;

async function nearestExisting(directory: string): Promise<string> {
  for (let each = directory; ; each = path.dirname(each)) if (await stat(each).catch(() => undefined)) return each;
}

/** Names of the way from `root` to `target` with links followed; what does not exist yet comes as it is. @throws Error when it leads out */
async function wayBelow(root: string, target: string, subPath: string): Promise<string[]> {
  const existing = await nearestExisting(target);
  const real = path.join(await realpath(existing), path.relative(existing, target));
  const way = path.relative(root, real);
  if (way.split('/')[0] === '..' || path.isAbsolute(way)) throw refusal(subPath);
  return way.split('/').filter(Boolean);
}

/**
 * Opens a volume's subPath, made as a directory when it is missing. Links are followed in a first look only; then the way is walked step by
 * step without following any, so that a container which turns a directory into a link meanwhile gains nothing. @throws Error for a path that
 * leads out of the volume
 */
export async function openSubPath(volume: string, subPath: string): Promise<FileHandle> {
  if (path.isAbsolute(subPath) || subPath.split('/').includes('..')) throw refusal(subPath);
  const root = await realpath(volume);
  const way = await wayBelow(root, path.join(root, subPath), subPath);
  const { mode } = await stat(root);
  let here = await open(root, O_PATH | constants.O_DIRECTORY);
  try {
    for (const name of way) {
      const next = await open(at(here, name), NOT_FOLLOWED).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        await mkdir(at(here, name));
        const made = await open(at(here, name), NOT_FOLLOWED);
        // As open as the volume itself, whatever our umask.
        const real = await open(`/proc/self/fd/${made.fd}`, constants.O_RDONLY | constants.O_DIRECTORY);
        await real.chmod(mode & 0o7777).finally(() => real.close());
        return made;
      });
      await here.close();
      here = next;
      if ((await here.stat()).isSymbolicLink()) throw refusal(subPath);
    }
    return here;
  } catch (error) {
    await here.close();
    throw error;
  }
}

/** Binds a volume's subPath to `target`, a path that no container can change; what was there before is unmounted. @throws Error as {@link openSubPath} */
export async function bindSubPath(volume: string, subPath: string, target: string): Promise<void> {
  const source = await openSubPath(volume, subPath);
  try {
    if ((await mountPointsBelow(target)).length > 0) await unmountBelow(target);
    if ((await source.stat()).isDirectory()) await mkdir(target, { recursive: true });
    else {
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, '');
    }
    // Canonicalized, the handle would be a path again.
    await run('mount', ['--no-canonicalize', '--bind', `/proc/${process.pid}/fd/${source.fd}`, target]);
  } finally {
    await source.close();
  }
}
