import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerMalformed } from './malformed.ts';
import type { Pipeline } from './pipeline.ts';

export interface TlsOptions {
  cert: string;
  key: string;
  /** Client certificates signed by these are verified; others pass as strangers. */
  clientCa: string | string[];
}

@Module({})
class ApiModule {}

/** The HTTPS server: HTTP/2, HTTP/1.1 and upgrades on one port. Call `listen` on the result. */
export async function createHttpServer(pipeline: Pipeline, tls: TlsOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    http2: true,
    https: {
      allowHTTP1: true,
      cert: tls.cert,
      key: tls.key,
      ca: tls.clientCa,
      requestCert: true,
      rejectUnauthorized: false,
      // Else the first answer of a connection waits 40 ms for the acknowledgement of the session tickets.
      noDelay: true,
    },
    // Bodies are read by the pipeline, which knows limits and formats.
    bodyLimit: 1,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: 0,
    connectionTimeout: 0,
    clientErrorHandler: answerMalformed,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 10_000 },
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      // A URL that the router refuses is still ours to answer.
      reply.hijack();
      void pipeline.handle(request.raw as IncomingMessage, reply.raw as ServerResponse);
    },
  } as unknown as ConstructorParameters<typeof FastifyAdapter>[0]);
  const fastify = adapter.getInstance();
  // Every verb of every kind, every path: before body parsers, middleware and what else a route may have, none of which is for us.
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    void pipeline.handle(request.raw as IncomingMessage, reply.raw as ServerResponse);
  });
  const application = await NestFactory.create<NestFastifyApplication>(ApiModule, adapter, {
    bodyParser: false,
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  await application.init();
  await fastify.ready();
  const server = application.getHttpServer() as unknown as import('node:http2').Http2SecureServer;
  // Set here: the HTTP/1.1 side of an HTTP/2 server takes none of them as options.
  Object.assign(server, { keepAliveTimeout: 180_000, requestTimeout: 0, headersTimeout: 60_000 });
  server.on(
    'upgrade',
    (request: IncomingMessage, socket: Duplex, head: Buffer) => void pipeline.upgrade(request, { socket, head }),
  );
  return application;
}
