import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { Logger } from '@windlass/platform';
import type { NodeDaemonConfig } from '../config.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';

/** The kubelet API over mTLS: only callers with a certificate of the cluster are heard. */
export async function startServer(
  config: NodeDaemonConfig,
  _runtime: NodeRuntime,
  logger: Logger,
): Promise<{ stop(): Promise<void> }> {
  const { caFile, certFile, keyFile } = config.pki;
  const [ca, cert, key] = [caFile, certFile, keyFile].map((file) => readFileSync(file));
  const server = https.createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, ({ url }, response) => {
    response.statusCode = url === '/healthz' ? 200 : 404;
    response.end(url === '/healthz' ? 'ok' : '404 page not found\n');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.kubeletPort ?? 10_250, resolve));
  logger.info({ port: config.kubeletPort ?? 10_250 }, 'kubelet API listens');
  return {
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
