import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { findProgram, findUser, firstClosedDirectory, keptSecret } from './index.ts';

const stranger = { name: 'stranger', uid: 54321, gid: 54321 };

describe('what a service user finds', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync('/tmp/windlass-reachable-');
    chmodSync(directory, 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('the first closed directory on a way', async () => {
    mkdirSync(`${directory}/open/closed/deep`, { recursive: true });
    expect(await firstClosedDirectory(`${directory}/open/closed/deep`, stranger)).toBeUndefined();
    chmodSync(`${directory}/open/closed`, 0o750);
    expect(await firstClosedDirectory(`${directory}/open/closed/deep/none`, stranger)).toBe(`${directory}/open/closed`);
    const owner = { ...stranger, uid: process.getuid!() };
    expect(await firstClosedDirectory(`${directory}/open/closed/deep`, owner)).toBeUndefined();
    expect(await firstClosedDirectory(`${directory}/open/closed/deep`, { ...stranger, gid: process.getgid!() })).toBeUndefined();
  });

  test('a secret is made once', async () => {
    const file = `${directory}/secret`;
    const secret = await keptSecret(file);
    expect(secret).toMatch(/^[\w-]{24}$/);
    expect(await keptSecret(file)).toBe(secret);
  });
});

test('users of /etc/passwd', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/bash\nwindlass:x:999:994::/nonexistent:/usr/sbin/nologin\n';
  expect(findUser('windlass', passwd)).toEqual({ name: 'windlass', uid: 999, gid: 994 });
  expect(findUser('wind', passwd)).toBeUndefined();
});

test('programs', async () => {
  expect(await findProgram('sh')).toMatch(/\/sh$/);
  await expect(findProgram('no-such-program', 'some-package')).rejects.toThrow('apt-get install some-package');
});
