import type { Authorizer, ConnectHandler, RequestContext, ResourceReader } from '@windlass/apiserver';
import { accessDenied, badRequest } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import type { KubeletClient } from '../kubelet/kubelet-client.ts';
import { forwardedHeaders, pipeRequest, requireUpgrade } from './pipe.ts';
import { containerOf, nodeOf, podOf } from './target-pod.ts';

const isTrue = (value: string | null): boolean => value !== null && value !== 'false' && value !== '0';
/** Names of the streams: ours, and what the kubelet calls them. */
const STREAMS = [
  ['stdin', 'input'],
  ['stdout', 'output'],
  ['stderr', 'error'],
  ['tty', 'tty'],
] as const;

/** PodExecOptions and PodAttachOptions as the kubelet's query. @throws StatusError 400 for no stream at all */
export function streamQuery(query: URLSearchParams): URLSearchParams {
  const wanted = new URLSearchParams();
  for (const [name, kubelet] of STREAMS) if (isTrue(query.get(name))) wanted.set(kubelet, '1');
  if (!['input', 'output', 'error'].some((name) => wanted.has(name)))
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  for (const word of query.getAll('command')) wanted.append('command', word);
  return wanted;
}

const segment = encodeURIComponent;
const podPath = (root: string, { metadata }: Pod): string =>
  `/${root}/${segment(metadata.namespace!)}/${segment(metadata.name!)}`;

type Locate = (pod: Pod, context: RequestContext) => string;

/** What streams of pods need. */
export interface Streaming {
  kubelets: KubeletClient;
  reader: ResourceReader;
  authorizer: Authorizer;
}

/** A WebSocket begins with a GET, but whoever may only `get` shall not act: it must be allowed to `create` too. @throws StatusError 403 */
async function mayCreate(authorizer: Authorizer, { info, user }: RequestContext): Promise<void> {
  if (info.verb === 'create') return;
  const attributes = { ...info, user, verb: 'create' };
  const { decision, reason } = await authorizer.authorize(attributes);
  if (decision !== 'allow') throw accessDenied({ ...attributes, user: user.username, reason, path: undefined });
}

/** A connection to the pod's node: the upgrade goes on to the kubelet, which speaks the protocols, and bytes flow both ways. */
const toKubelet =
  ({ kubelets, reader, authorizer }: Streaming, locate: Locate): ConnectHandler =>
  async (request, client, context) => {
    await mayCreate(authorizer, context);
    const pod = await podOf(context, reader);
    const path = locate(pod, context);
    const endpoint = kubelets.endpointOf(nodeOf(pod));
    requireUpgrade(client);
    const headers = forwardedHeaders(request.headers, true);
    await pipeRequest(request, client, kubelets.open(endpoint, { method: request.method, path, headers }));
  };

const command =
  (root: string): Locate =>
  (pod, { query }) => {
    const container = containerOf(pod, query.get('container'));
    // A pod without a node is refused before its query is looked at.
    nodeOf(pod);
    return `${podPath(root, pod)}/${segment(container)}?${streamQuery(query)}`;
  };

/** Ports only matter to WebSocket channels; SPDY names them per stream. */
const forwarding: Locate = (pod, { query }) => {
  const ports = new URLSearchParams();
  for (const port of query.getAll('ports').flatMap((each) => each.split(','))) ports.append('port', port);
  return `${podPath('portForward', pod)}${ports.size > 0 ? `?${ports}` : ''}`;
};

export const podExec = (streaming: Streaming): ConnectHandler => toKubelet(streaming, command('exec'));
export const podAttach = (streaming: Streaming): ConnectHandler => toKubelet(streaming, command('attach'));
export const podPortForward = (streaming: Streaming): ConnectHandler => toKubelet(streaming, forwarding);
