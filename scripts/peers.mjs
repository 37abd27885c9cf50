// Fetches Go programs for Kubernetes from Debian (not installed: unpacked into tmp/peers) and runs e2e/*.peers.spec.ts with them.
// WINDLASS_KUBE_SCHEDULER=path of a kube-scheduler program, which Debian does not package, adds that.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const directory = process.env.WINDLASS_PEERS ?? path.join(root, 'tmp/peers');
/** Debian 12 is the last release with kubernetes-client; its prometheus is built without the Kubernetes discovery. */
const packages = { 'kubernetes-client': 'bookworm', kubecolor: 'trixie', prometheus: 'trixie' };

/** apt with lists of its own for one release, from the mirror that this machine uses. @returns options for apt-get */
function aptFor(suite) {
  const apt = path.join(directory, `apt-${suite}`);
  const options = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${apt}/lists`,
    `Dir::Cache=${apt}`,
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  if (existsSync(apt)) return options;
  const mirror = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  mkdirSync(path.join(apt, 'lists/partial'), { recursive: true });
  const signed = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  writeFileSync(path.join(apt, 'sources.list'), `deb ${signed} ${mirror.split('\n')[0]} ${suite} main\n`);
  run('apt-get', ...options, '-qq', 'update');
  return options;
}

const run = (command, ...args) =>
  spawnSync(command, args, { cwd: directory, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
mkdirSync(directory, { recursive: true });
for (const [name, suite] of Object.entries(packages)) {
  if (existsSync(path.join(directory, name))) continue;
  const fetched = run('apt-get', ...aptFor(suite), '-qq', 'download', name);
  const file = fetched && readdirSync(directory).find((entry) => entry.startsWith(`${name}_`));
  if (!file || !run('dpkg', '-x', file, name)) console.log(`${name} cannot be had here: its test will fail`);
  if (file) rmSync(path.join(directory, file));
}
const suites = ['kubectl', 'prometheus'];
if (process.env.WINDLASS_KUBE_SCHEDULER) suites.push('kube-scheduler');
else console.log('left out: kube-scheduler (WINDLASS_KUBE_SCHEDULER names none)');
const jest = ['--experimental-vm-modules', '--no-warnings', path.join(root, 'node_modules/jest/bin/jest.js')];
const pattern = `/(${suites.join('|')})\\.peers\\.spec`;
const { status } = spawnSync(process.execPath, [...jest, '--selectProjects', 'peers', '--testPathPatterns', pattern], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, WINDLASS_PEERS: directory },
});
process.exit(status ?? 1);
