import { readFileSync } from 'node:fs';

/** Reads the JSON file named by `--config FILE`. @throws Error when the option is missing or the file is not JSON. */
export function readConfigArgument<T>(argv: readonly string[] = process.argv): T {
  const at = argv.indexOf('--config');
  const file = at >= 0 ? argv[at + 1] : undefined;
  if (!file) throw new Error('--config FILE is required');
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
