import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A container's log file, current or rotated. */
export interface LogFile {
  path: string;
  /** `device:inode`: stays the same when the file is rotated by renaming. */
  id: string;
  size: number;
  namespace: string;
  pod: string;
  podUid: string;
  container: string;
  /** Restart count of the container instance that wrote it. */
  instance: number;
  rotated: boolean;
}

const entries = (directory: string): Promise<Dirent[]> => readdir(directory, { withFileTypes: true }).catch(() => []);

/** `<namespace>_<pod>_<uid>`, the kubelet's name of a pod's log directory. */
export function parsePodDirectory(name: string): { namespace: string; pod: string; podUid: string } | undefined {
  const parts = name.split('_');
  return parts.length === 3 ? { namespace: parts[0]!, pod: parts[1]!, podUid: parts[2]! } : undefined;
}

/** All log files below the pods' log directory, oldest first within each container. Compressed rotations are left out. */
export async function findLogFiles(podLogsDir: string): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (const podEntry of await entries(podLogsDir)) {
    const identity = parsePodDirectory(podEntry.name);
    if (!identity) continue;
    for (const containerEntry of await entries(path.join(podLogsDir, podEntry.name))) {
      if (!containerEntry.isDirectory()) continue;
      const directory = path.join(podLogsDir, podEntry.name, containerEntry.name);
      for (const { name } of await entries(directory)) {
        const match = /^(\d+)\.log(\..+)?$/.exec(name);
        if (!match || name.endsWith('.gz') || name.endsWith('.tmp')) continue;
        const file = path.join(directory, name);
        const stats = await stat(file).catch(() => undefined);
        if (!stats) continue;
        files.push({
          ...identity,
          path: file,
          id: `${stats.dev}:${stats.ino}`,
          size: stats.size,
          container: containerEntry.name,
          instance: Number(match[1]),
          rotated: match[2] !== undefined,
        });
      }
    }
  }
  return files.sort(
    (a, b) =>
      a.podUid.localeCompare(b.podUid) ||
      a.container.localeCompare(b.container) ||
      a.instance - b.instance ||
      Number(b.rotated) - Number(a.rotated) ||
      (a.path < b.path ? -1 : 1),
  );
}
