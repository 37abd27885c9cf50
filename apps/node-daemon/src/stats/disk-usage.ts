import type { Stats } from 'node:fs';
import { lstat, readdir, statfs } from 'node:fs/promises';
import path from 'node:path';

export interface DiskUsage {
  bytes: number;
  inodes: number;
}

const BLOCK = 512;

/** Space below a directory as `du` counts it: hard links once, other file systems not. A tmpfs mounted right there is measured itself. */
export async function diskUsage(root: string): Promise<DiskUsage> {
  const total: DiskUsage = { bytes: 0, inodes: 0 };
  const seen = new Set<number>();
  const count = ({ blocks, ino, nlink }: Stats): void => {
    if (nlink > 1 && seen.has(ino)) return;
    if (nlink > 1) seen.add(ino);
    total.bytes += blocks * BLOCK;
    total.inodes++;
  };
  const walk = async (directory: string, device: number): Promise<void> => {
    for (const name of await readdir(directory).catch(() => [])) {
      const file = path.join(directory, name);
      const found = await lstat(file).catch(() => undefined);
      if (!found || found.dev !== device) continue;
      count(found);
      if (found.isDirectory()) await walk(file, device);
    }
  };
  const top = await lstat(root).catch(() => undefined);
  if (!top) return total;
  count(top);
  if (top.isDirectory()) await walk(root, top.dev);
  return total;
}

export interface FsCapacity {
  capacityBytes: number;
  availableBytes: number;
  usedBytes: number;
  inodes: number;
  inodesFree: number;
  inodesUsed: number;
}

export async function fsCapacity(directory: string): Promise<FsCapacity | undefined> {
  const fs = await statfs(directory).catch(() => undefined);
  return (
    fs && {
      capacityBytes: fs.blocks * fs.bsize,
      availableBytes: fs.bavail * fs.bsize,
      usedBytes: (fs.blocks - fs.bfree) * fs.bsize,
      inodes: fs.files,
      inodesFree: fs.ffree,
      inodesUsed: fs.files - fs.ffree,
    }
  );
}
