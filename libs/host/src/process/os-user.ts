import { readFileSync } from 'node:fs';
import { run } from './run.ts';

export interface OsUser {
  name: string;
  uid: number;
  gid: number;
}

/** The entry of /etc/passwd, if there is one. */
export function findUser(name: string, passwd = readFileSync('/etc/passwd', 'utf8')): OsUser | undefined {
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/**
 * The user that unprivileged services run as when we are root: `name`, created as a system user without home and shell when missing; where
 * users cannot be created, `nobody`. undefined when we are not root: services then run as ourselves.
 * @throws Error when there is no usable user
 */
export async function serviceUser(name = 'windlass'): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = findUser(name);
  if (known) return known;
  const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
  // Two processes may do this at the same time; the file afterwards decides, not the exit code.
  await run('useradd', ['--system', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', name], {
    env,
  }).catch(() => run('adduser', ['-S', '-D', '-H', '-h', '/nonexistent', '-s', '/sbin/nologin', name], { env }).catch(() => {}));
  const user = findUser(name) ?? findUser('nobody');
  if (!user || user.uid === 0)
    throw new Error(`no user ${name}, and it cannot be created: create it by hand (useradd --system ${name})`);
  return user;
}
