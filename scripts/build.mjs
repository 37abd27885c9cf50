// Bundles each app's src/main.ts (or only those named as arguments) into dist/APP.mjs. Only our own workspaces are bundled; packages stay external.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const named = process.argv.slice(2);
const apps = (named.length > 0 ? named : readdirSync(path.join(root, 'apps'))).filter((app) =>
  existsSync(path.join(root, 'apps', app, 'src/main.ts')),
);
await build({
  entryPoints: Object.fromEntries(apps.map((app) => [app, path.join(root, 'apps', app, 'src/main.ts')])),
  outdir: path.join(root, process.env.WINDLASS_DIST ?? 'dist'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: 'linked',
  logLevel: 'warning',
  plugins: [
    {
      name: 'workspaces-inside-packages-outside',
      setup(b) {
        b.onResolve({ filter: /^[^./]/ }, (args) =>
          args.path.startsWith('@windlass/') ? undefined : { path: args.path, external: true },
        );
      },
    },
  ],
});
