import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeRuntime } from '../runtime/node-runtime.ts';

/** A refusal as the kubelet words it: status and plain text. */
export class HttpError extends Error {
  override name = 'HttpError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A request that has passed authorization. `parts` are the path's segments after its root. */
export interface Call {
  request: IncomingMessage;
  parts: readonly string[];
  query: URLSearchParams;
  runtime: NodeRuntime;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
}

/** @throws HttpError */
export type Handler = (call: Call, response: ServerResponse) => Promise<void> | void;
/** Takes over the connection. @throws HttpError as long as nothing was written */
export type UpgradeHandler = (call: Call, socket: Duplex, head: Buffer) => Promise<void>;

export interface Route {
  /** First segments of the path, without slashes at the ends. */
  root: string;
  handle?: Handler;
  upgrade?: UpgradeHandler;
}

export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
}

export const sendJson = (response: ServerResponse, value: unknown): void =>
  sendText(response, 200, JSON.stringify(value), 'application/json');

/** The longest matching root wins. */
export function findRoute(routes: readonly Route[], path: string): { route: Route; parts: string[] } | undefined {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  const fits = routes.filter(({ root }) => trimmed === root || trimmed.startsWith(`${root}/`));
  const route = fits.sort((a, b) => b.root.length - a.root.length)[0];
  if (!route) return undefined;
  const rest = trimmed.slice(route.root.length).split('/').filter(Boolean);
  return { route, parts: rest.map(decodeURIComponent) };
}
