import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ProcessSpec } from '@windlass/host';
import { nodeFlags } from '@windlass/platform';
import type { ClusterOptions } from './options.ts';
import { clusterPaths } from './paths.ts';

export const filesOf = (options: Pick<ClusterOptions, 'stateDir'>, name: string): Pick<ProcessSpec, 'logFile' | 'pidFile'> => {
  const paths = clusterPaths(options.stateDir);
  return { logFile: paths.log(name), pidFile: paths.pid(name) };
};

/** Source maps take 25 MB: too much of what a node daemon may have. */
const sourcesOf = (bundle: string): string[] => (bundle === 'node-daemon' ? [] : ['--enable-source-maps']);

/** One of our own applications: writes its configuration and says how to run it. `prefix` is a command that runs it elsewhere (a network namespace). */
export function application(
  options: Pick<ClusterOptions, 'stateDir'>,
  name: string,
  config: object,
  bundle = name,
  prefix: readonly string[] = [],
): ProcessSpec {
  const file = clusterPaths(options.stateDir).config(name);
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  const program = path.join(import.meta.dirname, `${bundle}.mjs`);
  const [command, ...args] = [...prefix, process.execPath, ...nodeFlags(bundle), ...sourcesOf(bundle), program, '--config', file];
  return { name, command: command!, args, ...filesOf(options, name) };
}
