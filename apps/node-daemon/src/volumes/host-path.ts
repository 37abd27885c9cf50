import { mkdir, stat, writeFile } from 'node:fs/promises';
import type { HostPathVolumeSource } from '@windlass/resources';
import { VolumeError } from './payload.ts';

/** Checks (or makes) what a hostPath's type asks for. @throws VolumeError with the kubelet's text */
export async function prepareHostPath({ path, type = '' }: HostPathVolumeSource): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (type === 'DirectoryOrCreate' && !found) await mkdir(path, { recursive: true, mode: 0o755 });
  if (type === 'FileOrCreate' && !found) await writeFile(path, '', { flag: 'a', mode: 0o644 });
  const now = found ?? (await stat(path).catch(() => undefined));
  const wrong = (what: string): never => {
    throw new VolumeError(`hostPath type check failed: ${path} is not a ${what}`);
  };
  if (type.startsWith('Directory') && !now?.isDirectory()) wrong('directory');
  if (type.startsWith('File') && !now?.isFile()) wrong('file');
  if (type === 'Socket' && !now?.isSocket()) wrong('socket file');
  if (type === 'CharDevice' && !now?.isCharacterDevice()) wrong('character device');
  if (type === 'BlockDevice' && !now?.isBlockDevice()) wrong('block device');
}
