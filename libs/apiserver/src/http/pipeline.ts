import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import {
  accessDenied,
  badRequest,
  type ConnectSubresource,
  internalError,
  methodNotAllowed,
  PROTOBUF_MEDIA,
  type ResourceDefinition,
  StatusError,
  type UserInfo,
  unauthorized,
  unknownResource,
} from '@windlass/meta';
import { tracedRequest } from '@windlass/platform';
import { impersonated } from '../authn/impersonation.ts';
import { subresourceOf } from '../definitions.ts';
import { admitConnection } from '../handlers/admit-other.ts';
import { handleResource } from '../handlers/resource.ts';
import { handleWatch } from '../handlers/watch.ts';
import { type Form, negotiate } from '../present/form.ts';
import type { IncludeObject } from '../present/table.ts';
import { readBody } from '../request/body.ts';
import { requestInfo } from '../request/request-info.ts';
import type { AuditStart, ConnectHandler, Credentials, RequestContext, RequestInfo } from '../seams.ts';
import { extensionKey, type ServerParts } from '../server-parts.ts';
import { annotateDecision, attempted, auditAnswer, auditIdOf, auditUpgrade, outcomeOf } from './auditing.ts';
import { takeTurn } from './flow-turn.ts';
import { handlePath } from './paths.ts';
import { PageNotFound, PlainAnswer, sendPlain } from './plain-answer.ts';
import { countRequest, inflight } from './request-metrics.ts';
import { checkRoute } from './routes.ts';
import { answerObject, type Reply, send, sendObject } from './send.ts';

/** A raw HTTP/1.1 upgrade instead of a response. */
export interface Upgrade {
  socket: Duplex;
  head: Buffer;
}

const JSON_FORM: Form = { encoding: 'json', as: 'object', pretty: false };
const NOBODY: UserInfo = { username: '', groups: [] };

/** Takes a request through authentication, flow control, authorization and its handler, in kube-apiserver's order. Never throws. */
export class Pipeline {
  readonly #parts: ServerParts;
  readonly #peers = new WeakMap<object, Credentials['peerCertificate']>();

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const about = { 'http.request.method': request.method, 'url.path': request.url };
    await tracedRequest(request.headers, `HTTP ${request.method}`, about, () => this.#answer(request, response));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = new Date();
    const auditId = auditIdOf(request);
    response.setHeader('Audit-Id', auditId);
    const reply: Reply = {
      response,
      form: JSON_FORM,
      include: 'Metadata',
      protobuf: this.#parts.protobuf,
      warnings: [],
      acceptsGzip: /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
    };
    let context: RequestContext | undefined;
    inflight(1);
    try {
      context = await this.#identify(request, response, { id: auditId, receivedAt: startedAt });
      reply.warnings = context.warnings;
      await this.#impersonate(request, context);
      await this.#dispatch(request, response, reply, context);
      if (context.audit) auditAnswer(context, context.audit, response);
    } catch (error) {
      await this.#fail(reply, error);
      context?.audit?.ended(context, outcomeOf(error, response.statusCode));
    } finally {
      inflight(-1);
      if (context)
        countRequest(context.info, this.#isServed(context.info), response.statusCode, Date.now() - startedAt.getTime());
    }
  }

  /** An upgrade request (exec, attach, portforward, proxy, watch over WebSocket). */
  async upgrade(request: IncomingMessage, { socket, head }: Upgrade): Promise<void> {
    let context: RequestContext | undefined;
    try {
      const about = await this.#identify(request, socket, { id: auditIdOf(request), receivedAt: new Date() });
      context = about;
      await this.#impersonate(request, about);
      const connect = this.#connectOf(about.info);
      if (!connect) throw badRequest('Upgrade request required');
      await this.#admitted(about, undefined, async () => {
        checkRoute(await this.#definition(about.info), about.info, request.method ?? 'GET');
        await connect(request, { socket, head }, about);
      });
      if (about.audit) auditUpgrade(about, about.audit, socket);
    } catch (error) {
      context?.audit?.ended(context, outcomeOf(error, 500));
      const { status } = toStatusError(error, this.#parts);
      const body = JSON.stringify(status);
      const line = `HTTP/1.1 ${status.code} ${status.reason ?? 'Error'}`;
      if (!socket.destroyed)
        socket.end(
          `${line}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
        );
    }
  }

  /** What is asked, and by whom; recording begins. */
  async #identify(
    request: IncomingMessage,
    channel: ServerResponse | Duplex,
    about: Pick<AuditStart, 'id' | 'receivedAt'>,
  ): Promise<RequestContext> {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const rawPath = mark < 0 ? url : url.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
    let path: string;
    try {
      path = decodeURIComponent(rawPath);
    } catch {
      throw badRequest(`invalid URL escape in path ${JSON.stringify(rawPath)}`);
    }
    const info = requestInfo(request.method ?? 'GET', path, query);
    const abort = new AbortController();
    channel.once('close', () => {
      // Aborting makes an error with a stack: only for those who went away early.
      if (!('writableFinished' in channel && channel.writableFinished)) abort.abort();
    });
    const { headers } = request;
    const audited = (user: UserInfo) =>
      this.#parts.audit?.begin({ ...about, info, user, uri: url, headers, remoteAddress: request.socket.remoteAddress });
    const user = await this.#authenticate(request, path).catch((error: unknown) => {
      audited(NOBODY)?.refused(`Authentication failed, attempted: ${attempted(request)}`);
      throw error;
    });
    const audit = audited(user);
    return { info, user, query, headers, warnings: [], auditAnnotations: {}, audit, signal: abort.signal };
  }

  async #impersonate(request: IncomingMessage, context: RequestContext): Promise<void> {
    const requester = context.user;
    context.user = await impersonated(requester, request.rawHeaders, this.#parts.authorizer);
    if (context.user !== requester) context.impersonator = requester;
  }

  async #authenticate(request: IncomingMessage, path: string): Promise<UserInfo> {
    const credentials: Credentials = {
      path,
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      peerCertificate: this.#peer(request),
      remoteAddress: request.socket.remoteAddress,
    };
    for (const authenticator of this.#parts.authenticators) {
      const user = await authenticator.authenticate(credentials);
      if (user) return user;
    }
    throw unauthorized();
  }

  #peer(request: IncomingMessage): Credentials['peerCertificate'] {
    const raw = request.socket as TLSSocket & { stream?: { session?: { socket?: TLSSocket } } };
    if (this.#peers.has(raw)) return this.#peers.get(raw);
    let peer: Credentials['peerCertificate'];
    if (raw.authorized) {
      const certificate = raw.getPeerCertificate?.(true);
      if (certificate?.raw) peer = certificate as unknown as Credentials['peerCertificate'];
    }
    this.#peers.set(raw, peer);
    return peer;
  }

  async #authorize({ info, user, audit, auditAnnotations }: RequestContext): Promise<void> {
    const decision = await this.#parts.authorizer.authorize({ user, ...info });
    if (audit) annotateDecision(auditAnnotations, decision);
    if (decision.decision === 'allow') return;
    const { username } = user;
    throw info.isResourceRequest
      ? accessDenied({ user: username, ...info, reason: decision.reason, path: undefined })
      : accessDenied({ user: username, verb: info.verb, group: '', resource: '', path: info.path, reason: decision.reason });
  }

  async #admitted<T>(context: RequestContext, response: ServerResponse | undefined, run: () => Promise<T>): Promise<T> {
    // A watch holds its place until it streams, a connection that lasts has none.
    const turn = this.#parts.flow?.enter(context);
    try {
      const waiting = turn && takeTurn(turn, response);
      if (waiting) await waiting;
      await this.#authorize(context);
      return await run();
    } finally {
      turn?.release();
    }
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse, reply: Reply, context: RequestContext): Promise<void> {
    const { info, query } = context;
    await this.#admitted(context, response, async () => {
      if (!info.isResourceRequest) return handlePath(this.#parts, request, reply, context);
      const definition = await this.#definition(info);
      checkRoute(definition, info, request.method ?? 'GET');
      if (definition.deprecation) context.warnings.push(definition.deprecation);
      const connect = this.#connectOf(info);
      if (connect) return connect(request, { response }, context);
      if (!info.verb) throw methodNotAllowed();
      const include = query.get('includeObject') as IncludeObject | null;
      reply.form = negotiate(request.headers.accept, query, request.headers['user-agent'], {
        table: true,
        partial: true,
        protobuf: this.#parts.protobuf?.has(definition) ?? false,
      });
      reply.include = include ?? 'Metadata';
      if (include !== null && !['None', 'Metadata', 'Object', ''].includes(include))
        throw badRequest(`unrecognized includeObject value: ${JSON.stringify(include)}`);
      if (info.verb === 'watch') return handleWatch(this.#parts, definition, context, reply);
      const body = async () => {
        const text = await this.#bodyText(request, definition);
        context.audit?.requestBody(text);
        return text;
      };
      const answer = await handleResource({ parts: this.#parts, definition, context, body });
      context.audit?.response(() => answerObject(answer) ?? {});
      await send(reply, answer);
    });
  }

  async #bodyText(request: IncomingMessage, definition: ResourceDefinition): Promise<string> {
    const bytes = await readBody(request);
    const { protobuf } = this.#parts;
    const isProtobuf = protobuf && bytes.length > 0 && request.headers['content-type']?.startsWith(PROTOBUF_MEDIA);
    return isProtobuf ? protobuf.bodyText(bytes, definition) : bytes.toString('utf8');
  }

  #isServed({ group, version, resource, subresource }: RequestInfo): boolean {
    const definition = this.#parts.definitions.get(group, version, resource);
    return definition !== undefined && (!subresource || subresourceOf(definition, subresource) !== undefined);
  }

  async #definition({ group, version, resource }: RequestInfo): Promise<ResourceDefinition> {
    const { definitions, lateDefinition } = this.#parts;
    const definition = definitions.get(group, version, resource) ?? (await lateDefinition?.(group, version, resource));
    if (definition) return definition;
    throw definitions.hasBuiltinVersion(group, version) ? unknownResource() : new PageNotFound();
  }

  /** The handler of a connection, with admission before it. */
  #connectOf({ isResourceRequest, group, version, resource, subresource }: RequestInfo): ConnectHandler | undefined {
    if (!isResourceRequest || !subresource) return undefined;
    const { definitions, extensions, registry } = this.#parts;
    const definition = definitions.get(group, version, resource);
    const sub = definition && subresourceOf(definition, subresource);
    const connect = sub?.type === 'connect' ? extensions.connects.get(extensionKey(group, resource, subresource)) : undefined;
    if (!connect) return undefined;
    return async (request, target, context) => {
      await admitConnection(registry, definition!, context, sub as ConnectSubresource);
      await connect(request, target, context);
    };
  }

  async #fail(reply: Reply, error: unknown): Promise<void> {
    const { response } = reply;
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (error instanceof PlainAnswer) return sendPlain(response, error);
    const { status } = toStatusError(error, this.#parts);
    if (status.code === 401) response.setHeader('www-authenticate', 'Bearer');
    const form: Form = reply.form.encoding !== 'json' ? reply.form : { ...JSON_FORM, pretty: reply.form.pretty };
    await sendObject({ ...reply, form }, status.code, status).catch(() => response.destroy());
  }
}

function toStatusError(error: unknown, parts: ServerParts): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof PageNotFound) return unknownResource();
  parts.logger.error({ err: error }, 'request failed');
  return internalError(error as Error);
}
