import { chmod, chown, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Pod } from '@windlass/resources';

const DIRECTORY = 0o2770;

/** fsGroup: the group owns the volume, and what is made in it (SetVolumeOwnership), as fsGroupChangePolicy says. */
export async function giveToGroup(directory: string, pod: Pod, recursive: boolean): Promise<void> {
  const { fsGroup: gid, fsGroupChangePolicy } = pod.spec.securityContext ?? {};
  if (gid === undefined) return;
  if (recursive && fsGroupChangePolicy === 'OnRootMismatch') {
    const root = await lstat(directory);
    if (root.gid === gid && (root.mode & DIRECTORY) === DIRECTORY) return;
  }
  const give = async (file: string): Promise<void> => {
    const found = await lstat(file);
    if (found.isSymbolicLink()) return;
    await chown(file, found.uid, gid);
    await chmod(file, (found.mode & 0o7777) | (found.isDirectory() ? DIRECTORY : 0o660));
    if (recursive && found.isDirectory()) for (const name of await readdir(file)) await give(path.join(file, name));
  };
  await give(directory);
}
