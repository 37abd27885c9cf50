import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** Full path of a program: on PATH, or where Debian puts it. @throws Error that names the package to install */
export async function findProgram(name: string, debianPackage = name): Promise<string> {
  for (const directory of [...(process.env.PATH ?? '').split(':'), '/usr/local/bin', '/usr/bin', '/usr/sbin', '/bin', '/sbin']) {
    const file = path.join(directory || '.', name);
    const runnable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runnable) return file;
  }
  throw new Error(`${name} is not installed: apt-get install ${debianPackage}`);
}
