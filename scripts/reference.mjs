// Replays recorded transcripts against a fresh API server of ours: node scripts/reference.mjs FOLDER_OF_TRANSCRIPTS [replay options…]
// Options go to the replayer: --only REGEX, -v, --json OUT. Not part of `npm test`: the transcripts are not in this repository.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const [folder, ...options] = process.argv.slice(2);
if (!folder) {
  console.error('usage: npm run reference -- FOLDER_OF_TRANSCRIPTS [--only REGEX] [-v] [--json OUT]');
  process.exit(2);
}
const root = path.resolve(import.meta.dirname, '..');
const outfile = path.join(root, 'dist/testkit.mjs');
await build({
  entryPoints: [path.join(root, 'libs/testkit/src/index.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  keepNames: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  plugins: [
    {
      name: 'workspaces-inside-packages-outside',
      setup: (b) =>
        b.onResolve({ filter: /^[^./]/ }, ({ path: id }) =>
          id.startsWith('@windlass/') ? undefined : { path: id, external: true },
        ),
    },
  ],
});
const { ADMIN_TOKEN, startTestApiServer, stopDatabases } = await import(outfile);
const server = await startTestApiServer({ serviceCidr: '10.0.0.0/16' });
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => path.join(folder, name));
const replayer = path.join(folder, 'replay.mjs');
const child = spawn(
  process.execPath,
  [replayer, '--server', server.url, '--token', ADMIN_TOKEN, '--controllers', 'off', '--concurrency', '4', ...options, ...files],
  { stdio: 'inherit' },
);
process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
await server.stop();
await stopDatabases();
