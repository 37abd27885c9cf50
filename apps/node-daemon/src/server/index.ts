import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@windlass/platform';
import type { NodeDaemonConfig } from '../config.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import { AccessControl } from './access.ts';
import { type Call, findRoute, HttpError, type Route, sendText } from './http.ts';
import { kubeletRoutes } from './routes.ts';

const CERTIFICATE_POLL_MS = 2000;

export interface KubeletServer {
  port: number;
  stop(): Promise<void>;
}

/** The kubelet's HTTP API over mutual TLS: callers show a certificate of the cluster or a bearer token, and the API server authorizes them. */
export async function startServer(config: NodeDaemonConfig, runtime: NodeRuntime, logger: Logger): Promise<KubeletServer> {
  const { caFile, certFile, keyFile } = config.pki;
  const [ca, cert, key] = [caFile, certFile, keyFile].map((file) => readFileSync(file));
  const routes = kubeletRoutes(config, runtime);
  const access = new AccessControl(runtime.client, runtime.nodeName);
  const sockets = new Set<Duplex>();

  const enter = async (request: IncomingMessage, channel: ServerResponse | Duplex): Promise<{ route: Route; call: Call }> => {
    const url = new URL(request.url ?? '/', 'https://kubelet');
    await access.check(request, url.pathname);
    const found = findRoute(routes, url.pathname);
    if (!found) throw new HttpError(404, '404 page not found\n');
    const abort = new AbortController();
    channel.once('close', () => abort.abort());
    return { route: found.route, call: { request, parts: found.parts, query: url.searchParams, runtime, signal: abort.signal } };
  };
  const textOf = (error: unknown): { status: number; text: string } => {
    if (error instanceof HttpError) return { status: error.status, text: error.message };
    logger.warn({ err: error }, 'kubelet request failed');
    return { status: 500, text: error instanceof Error ? error.message : String(error) };
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const { route, call } = await enter(request, response);
      if (!route.handle) throw new HttpError(400, 'Upgrade request required');
      await route.handle(call, response);
    } catch (error) {
      if (response.headersSent) return void response.destroy();
      const { status, text } = textOf(error);
      sendText(response, status, text);
    }
  };
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    try {
      const { route, call } = await enter(request, socket);
      if (!route.upgrade) throw new HttpError(400, 'this path does not upgrade');
      await route.upgrade(call, socket, head);
    } catch (error) {
      const { status, text } = textOf(error);
      if (!socket.destroyed)
        socket.end(
          `HTTP/1.1 ${status} Error\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
        );
    }
  };

  const server = https.createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: false });
  // A renewed certificate comes as another file of the same name; connections that stand keep the old one.
  const renew = () => {
    try {
      server.setSecureContext({ ca, cert: readFileSync(certFile), key: readFileSync(keyFile) });
    } catch (err) {
      logger.warn({ err }, 'the kubelet API goes on with its old certificate');
    }
  };
  watchFile(certFile, { interval: CERTIFICATE_POLL_MS }, renew);
  server.on('request', (request, response) => void serve(request, response));
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.kubeletPort ?? 10_250, resolve));
  const { port } = server.address() as AddressInfo;
  logger.info({ port }, 'kubelet API listens');
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        unwatchFile(certFile, renew);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
