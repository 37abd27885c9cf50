import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Host path of a volume's subPath, made as a directory when it is missing. Symbolic links are followed here, once, so that a container
 * cannot turn one around between the check and the mount. @throws Error for a path that leads out of the volume
 */
export async function resolveSubPath(volume: string, subPath: string): Promise<string> {
  const inside = path.resolve(volume, subPath);
  const refuse = (): never => {
    throw new Error(`subPath ${JSON.stringify(subPath)} leads out of its volume`);
  };
  const root = await realpath(volume);
  if (path.isAbsolute(subPath) || subPath.split('/').includes('..')) refuse();
  if (!(await stat(inside).catch(() => undefined))) {
    const parent = await nearestExisting(path.dirname(inside));
    const real = await realpath(parent);
    if (real !== root && !real.startsWith(`${root}/`)) refuse();
    const { mode } = await stat(volume);
    // As open as the volume itself, whatever our umask.
    const first = await mkdir(inside, { recursive: true });
    for (let at = inside; first && at.length >= first.length; at = path.dirname(at)) await chmod(at, mode & 0o7777);
  }
  const real = await realpath(inside);
  if (real !== root && !real.startsWith(`${root}/`)) refuse();
  return real;
}

async function nearestExisting(directory: string): Promise<string> {
  for (let at = directory; ; at = path.dirname(at)) if (await stat(at).catch(() => undefined)) return at;
}
