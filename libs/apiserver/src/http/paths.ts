import type { IncomingMessage } from 'node:http';
import { methodNotAllowed } from '@windlass/meta';
import { discovery } from '../discovery/discovery.ts';
import { negotiate } from '../present/form.ts';
import type { RequestContext } from '../seams.ts';
import type { PathAnswer, ServerParts } from '../server-parts.ts';
import { PageNotFound } from './plain-answer.ts';
import { type Reply, sendObject } from './send.ts';

/** Paths that name no resource: discovery, health, version, OpenAPI, metrics and what the app registers. @throws StatusError 404, 405 */
export async function handlePath(
  parts: ServerParts,
  request: IncomingMessage,
  reply: Reply,
  context: RequestContext,
): Promise<void> {
  const { path } = context.info;
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  const found = discovery(parts.definitions, path === '/' ? path : path.replace(/\/$/, ''), request.headers.accept);
  if (found) {
    if (found.etag) {
      reply.response.setHeader('etag', found.etag);
      reply.response.setHeader('vary', 'Accept');
      if (request.headers['if-none-match'] === found.etag) {
        reply.response.writeHead(304).end();
        return;
      }
    }
    reply.form = found.contentType
      ? { encoding: 'json', as: 'object', pretty: false }
      : negotiate(request.headers.accept, context.query, request.headers['user-agent'], {
          table: false,
          partial: false,
          protobuf: parts.protobuf !== undefined,
        });
    if (found.contentType) {
      const body = JSON.stringify(found.document);
      reply.response.writeHead(200, { 'content-type': found.contentType, 'content-length': Buffer.byteLength(body) }).end(body);
      return;
    }
    return sendObject(reply, 200, found.document);
  }
  const handler = parts.extensions.paths.get(path) ?? prefixHandler(parts, path);
  if (!handler) throw new PageNotFound();
  sendPath(reply, await handler(path, context.query, request.headers));
}

function prefixHandler(parts: ServerParts, path: string) {
  for (const [prefix, handler] of parts.extensions.paths) if (prefix.endsWith('/') && path.startsWith(prefix)) return handler;
  return undefined;
}

function sendPath(reply: Reply, { status, contentType, body, headers }: PathAnswer): void {
  reply.response
    .writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...headers })
    .end(body);
}
