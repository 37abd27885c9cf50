import http from 'node:http';

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Serves `GET /metrics` on `host:port`. @throws Error for an address of another form, or one that is taken. @returns what stops it */
export async function serveMetrics(address: string, text: () => Promise<string>): Promise<() => Promise<void>> {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (port === undefined) throw new Error(`WINDLASS_METRICS_ADDRESS=${address}: want host:port`);
  const server = http.createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': PROMETHEUS_CONTENT_TYPE }).end(await text());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(port), host!.replace(/^\[|\]$/g, ''), resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
}
