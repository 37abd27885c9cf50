import { execFile } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Runs the CLI that `npm run build` made. @returns stdout @throws Error with its output */
export const windlass = (args: readonly string[], timeoutMs = 240_000): Promise<string> =>
  new Promise((resolve, reject) => {
    const node = path.join(root, 'node_modules/.bin/node');
    execFile(
      node,
      [path.join(root, 'dist/cli.mjs'), ...args],
      { timeout: timeoutMs, maxBuffer: 16 << 20 },
      (error, stdout, stderr) =>
        error ? reject(new Error(`windlass ${args.join(' ')}: ${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
    );
  });
