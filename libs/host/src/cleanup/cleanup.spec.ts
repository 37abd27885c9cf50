import { findProcesses, mountsBelow } from './index.ts';

it('lists mounts below a directory, deepest first, with escapes undone', () => {
  const info = [
    '24 1 0:22 / / rw - ext4 /dev/a rw',
    '30 24 0:40 / /state rw - tmpfs x rw',
    '31 30 0:41 / /state/a\\040b rw shared:1 - tmpfs x rw',
    '32 24 0:42 / /statement rw - tmpfs x rw',
  ].join('\n');
  expect(mountsBelow('/state', info)).toEqual(['/state/a b', '/state']);
});

it('finds processes by command line and cgroup', () => {
  expect(
    findProcesses((p) => p.pid === process.ppid && p.cgroups.length > 0 && p.commandLine.length > 0).map((p) => p.pid),
  ).toEqual([process.ppid]);
});
