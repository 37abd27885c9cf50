import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { OsUser } from './os-user.ts';

/**
 * The topmost directory on the way to `file` (itself included when it is a directory) that `user` may not search; undefined when the
 * whole way is open. By mode bits only: ACLs are not considered. Parts that do not exist yet are skipped.
 */
export async function firstClosedDirectory(file: string, user: OsUser): Promise<string | undefined> {
  const parts = path.resolve(file).split(path.sep).filter(Boolean);
  let at: string = path.sep;
  for (const part of ['', ...parts]) {
    at = path.join(at, part);
    const info = await stat(at).catch(() => undefined);
    if (!info?.isDirectory()) continue;
    const bit = info.uid === user.uid ? 0o100 : info.gid === user.gid ? 0o010 : 0o001;
    if (!(info.mode & bit)) return at;
  }
  return undefined;
}
