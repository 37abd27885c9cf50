import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { type ProcessId, processId } from '../supervisor/process-id.ts';

/** What /proc tells of a process. */
export interface ProcessFacts {
  pid: number;
  /** Arguments joined by spaces. */
  commandLine: string;
  /** cgroup paths, one per hierarchy, without mount point (cgroups(7)). */
  cgroups: string[];
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** All processes for which `matches` holds. */
export function findProcesses(matches: (facts: ProcessFacts) => boolean): ProcessId[] {
  const found: ProcessId[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const cgroups = read(`/proc/${pid}/cgroup`).split('\n').filter(Boolean);
    const facts: ProcessFacts = {
      pid,
      commandLine: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '),
      cgroups: cgroups.map((line) => line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1)),
    };
    if (!matches(facts)) continue;
    const id = processId(pid);
    if (id) found.push(id);
  }
  return found;
}

/** Mount points at or below `directory`, deepest first (proc_pid_mountinfo(5)). */
export function mountsBelow(directory: string, mountinfo = read('/proc/self/mountinfo')): string[] {
  const decode = (s: string) => s.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  const points = mountinfo
    .split('\n')
    .filter(Boolean)
    .map((line) => decode(line.split(' ')[4] ?? ''));
  return points.filter((p) => p === directory || p.startsWith(`${directory}/`)).reverse();
}

/** Removes `/sys/fs/cgroup[/<controller>]/<name>` and everything below it, in every hierarchy. Processes must be gone. @returns paths that could not be removed */
export function removeCgroups(name: string, mount = '/sys/fs/cgroup'): string[] {
  const left: string[] = [];
  const remove = (directory: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) remove(path.join(directory, entry.name));
    try {
      rmdirSync(directory);
    } catch {
      left.push(directory);
    }
  };
  const roots = [
    mount,
    ...readdirSync(mount, { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => path.join(mount, e.name)),
  ];
  for (const root of roots) {
    const directory = path.join(root, name);
    if (existsSync(directory)) remove(directory);
  }
  return left;
}
