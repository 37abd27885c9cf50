#!/usr/bin/env node
// `windlass`: sets the machine up where that is needed (before `up`, and when nothing is built yet), then runs the bundled CLI on the pinned Node.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const cli = path.join(root, 'dist/cli.mjs');
const pinned = path.join(root, 'node_modules/.bin/node');
const [command] = process.argv.slice(2);

if (command === 'up' || !existsSync(cli) || !existsSync(pinned)) {
  const { status } = spawnSync('bash', [path.join(root, 'scripts/setup.sh')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
const { status, signal } = spawnSync(pinned, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(signal ? 1 : (status ?? 1));
