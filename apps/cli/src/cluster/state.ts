import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type ProcessId, type ProcessState, readPidFile } from '@windlass/host';
import { type ClusterOptions, mistakesIn } from './options.ts';
import { clusterPaths } from './paths.ts';

export const SUPERVISOR = 'supervisor';

/** @returns the options that `up` kept, or undefined when there is no cluster in the directory */
export function savedOptions(stateDir: string): ClusterOptions | undefined {
  const file = clusterPaths(stateDir).options;
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ClusterOptions) : undefined;
}

/** Checks and keeps the options. @throws Error that lists every mistake */
export async function saveOptions(options: ClusterOptions): Promise<void> {
  const mistakes = mistakesIn(options);
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  const paths = clusterPaths(options.stateDir);
  await mkdir(options.stateDir, { recursive: true, mode: 0o755 });
  for (const directory of paths.directories) await mkdir(directory, { recursive: true, mode: 0o755 });
  writeFileSync(paths.options, `${JSON.stringify(options, undefined, 2)}\n`);
}

export const runningSupervisor = (stateDir: string): ProcessId | undefined => readPidFile(clusterPaths(stateDir).pid(SUPERVISOR));

/** What the supervisor says of itself, in `run/status.json`. */
export interface SupervisorStatus {
  phase: 'starting' | 'running' | 'failed';
  error?: string;
  processes: ProcessState[];
}

export function readStatus(stateDir: string): SupervisorStatus | undefined {
  try {
    return JSON.parse(readFileSync(clusterPaths(stateDir).status, 'utf8')) as SupervisorStatus;
  } catch {
    return undefined;
  }
}
