import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { isIPv6 } from 'node:net';
import type { ConnectHandler, RequestContext, ResourceReader } from '@windlass/apiserver';
import { badRequest, notFound } from '@windlass/meta';
import type { EndpointSlice, Pod, Service } from '@windlass/resources';
import type { KubeletClient } from '../kubelet/kubelet-client.ts';
import { type Client, forwardedHeaders, pipeRequest } from './pipe.ts';
import { type ProxyPath, parseProxyName, splitProxyPath } from './proxy-name.ts';
import { htmlRewriter, isHtml, rewrittenHeaders } from './rewrite.ts';
import { pickEndpoint } from './service-endpoint.ts';

export interface FarEnd {
  /** As in a URL. */
  host: string;
  open(method: string, path: string, headers: OutgoingHttpHeaders): ClientRequest;
}

/** A server in the cluster; its certificate, if it has one, is its own affair. */
function serverAt(scheme: string, ip: string, port: string | number): FarEnd {
  const literal = isIPv6(ip) ? `[${ip}]` : ip;
  const library = scheme === 'https' ? https : http;
  const at = port === '' ? (scheme === 'https' ? 443 : 80) : Number(port);
  return {
    host: port === '' ? literal : `${literal}:${port}`,
    open: (method, path, headers) =>
      library.request({ host: ip, port: at, method, path, headers, agent: false, rejectUnauthorized: false }),
  };
}

async function podAt({ info }: RequestContext, reader: ResourceReader): Promise<FarEnd> {
  const { scheme, name, port } = parseProxyName(info.name, 'pod');
  const pod = (await reader.getFresh('', 'pods', info.namespace, name)) as Pod | undefined;
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
  const ip = pod.status?.podIP;
  if (!ip) throw badRequest('address not allowed');
  const first = pod.spec.containers.flatMap(({ ports }) => ports ?? [])[0]?.containerPort;
  return serverAt(scheme, ip, port || (first ?? ''));
}

async function serviceAt({ info }: RequestContext, reader: ResourceReader): Promise<FarEnd> {
  const { scheme, name, port } = parseProxyName(info.name, 'service');
  const service = (await reader.getFresh('', 'services', info.namespace, name)) as Service | undefined;
  if (!service) throw notFound({ group: '', resource: 'services' }, name);
  const slices = reader
    .list('discovery.k8s.io', 'endpointslices', info.namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  const found = pickEndpoint(service, slices as unknown as EndpointSlice[], port, info.name, Math.random());
  return serverAt(scheme, found.ip, found.port);
}

function nodeAt({ info }: RequestContext, kubelets: KubeletClient): FarEnd {
  const { scheme, name, port } = parseProxyName(info.name, 'node');
  const endpoint = kubelets.endpointOf(name);
  if (port !== '' && Number(port) !== endpoint.port) return serverAt(scheme, endpoint.host, port);
  return {
    host: `${endpoint.host}:${endpoint.port}`,
    open: (method, path, headers) => kubelets.open(endpoint, { method, path, headers }),
  };
}

/** Carries any request to a server in the cluster, and makes its answer fit for the client's view of the paths. */
async function proxy(request: IncomingMessage, client: Client, path: ProxyPath, far: FarEnd): Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (path.rest === '' && isRead && client.response) {
    client.response.writeHead(301, { location: `${path.prefix}/${path.search}` }).end();
    return;
  }
  // A compressed page could not be rewritten.
  const { 'accept-encoding': _, ...headers } = forwardedHeaders(request.headers, client.socket !== undefined);
  const upstream = far.open(request.method ?? 'GET', `${path.rest || '/'}${path.search}`, {
    ...headers,
    host: far.host,
    'x-forwarded-uri': path.prefix + path.rest,
    'x-forwarded-host': request.headers.host ?? String(request.headers[':authority'] ?? ''),
    'x-forwarded-proto': 'https',
  });
  const appearance = { prefix: path.prefix, host: far.host };
  await pipeRequest(request, client, upstream, {
    headers: (response) => rewrittenHeaders(response, appearance),
    body: (response) => (isHtml(response) ? response.pipe(htmlRewriter(appearance)) : response),
  });
}

const proxyTo =
  (resource: string, locate: (context: RequestContext) => Promise<FarEnd> | FarEnd): ConnectHandler =>
  async (request, client, context) => {
    const far = await locate(context);
    await proxy(request, client, splitProxyPath(request.url ?? '/', resource, context.info.name), far);
  };

export const podProxy = (reader: ResourceReader): ConnectHandler => proxyTo('pods', (context) => podAt(context, reader));
export const serviceProxy = (reader: ResourceReader): ConnectHandler =>
  proxyTo('services', (context) => serviceAt(context, reader));
export const nodeProxy = (kubelets: KubeletClient): ConnectHandler => proxyTo('nodes', (context) => nodeAt(context, kubelets));
