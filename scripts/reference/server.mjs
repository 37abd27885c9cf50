// A fresh API server of ours for the comparison with the reference.
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');

/** Bundles libs/testkit and starts a server on an empty database. */
export async function startServer() {
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
  return {
    url: server.url,
    token: ADMIN_TOKEN,
    async stop() {
      await server.stop();
      await stopDatabases();
    },
  };
}
