import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';

export interface FileContent {
  content: Buffer;
  /** Permission bits. */
  mode: number;
}
/** Files by their path relative to the volume. */
export type Payload = ReadonlyMap<string, FileContent>;

export interface Ownership {
  uid?: number;
  gid?: number;
}

const DATA = '..data';
const NEW_DATA = '..data_tmp';

/**
 * Puts a set of files into a directory so that readers see either all old or all new ones: a fresh time-stamped directory, and one rename
 * of the `..data` symlink that all visible names go through (the kubelet's AtomicWriter; programs watch for that rename).
 * @returns whether something was written
 */
export async function writeAtomically(directory: string, payload: Payload, owner: Ownership = {}): Promise<boolean> {
  await mkdir(directory, { recursive: true });
  const current = await readlink(path.join(directory, DATA)).catch(() => undefined);
  if (current && (await isCurrent(path.join(directory, current), payload))) return false;
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, '_').slice(0, 19).replace('T', '_');
  const fresh = await mkdtemp(path.join(directory, `..${stamp}.`));
  await chmod(fresh, 0o755);
  for (const [name, { content, mode }] of payload) {
    const file = path.join(fresh, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, mode);
    if (owner.uid !== undefined || owner.gid !== undefined) await chown(file, owner.uid ?? 0, owner.gid ?? 0);
  }
  await rm(path.join(directory, NEW_DATA), { force: true });
  await symlink(path.basename(fresh), path.join(directory, NEW_DATA));
  await rename(path.join(directory, NEW_DATA), path.join(directory, DATA));
  const visible = new Set([...payload.keys()].map((name) => name.split('/')[0]!));
  for (const name of visible) {
    const link = path.join(directory, name);
    if (!(await lstat(link).catch(() => undefined))) await symlink(path.join(DATA, name), link);
  }
  for (const name of await readdir(directory)) {
    if (name === DATA || name === path.basename(fresh) || visible.has(name)) continue;
    await rm(path.join(directory, name), { recursive: true, force: true });
  }
  return true;
}

async function isCurrent(directory: string, payload: Payload): Promise<boolean> {
  const files = await filesBelow(directory).catch(() => undefined);
  if (files?.length !== payload.size) return false;
  for (const [name, { content, mode }] of payload) {
    const file = path.join(directory, name);
    const found = await readFile(file).catch(() => undefined);
    if (!found?.equals(content) || ((await stat(file)).mode & 0o777) !== mode) return false;
  }
  return true;
}

async function filesBelow(directory: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const name = path.join(prefix, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(path.join(directory, entry.name), name)));
    else found.push(name);
  }
  return found;
}
