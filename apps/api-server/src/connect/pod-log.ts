import { pipeline } from 'node:stream/promises';
import type { ConnectHandler, ResourceReader } from '@windlass/apiserver';
import { badRequest, failure, internalError, type StatusError, serviceUnavailable } from '@windlass/meta';
import { answerOf, type KubeletClient, readText } from '../kubelet/kubelet-client.ts';
import { logQuery } from './log-options.ts';
import { containerOf, podOf } from './target-pod.ts';

const MAX_ERROR_BYTES = 50_000;

/** A kubelet's refusal as a Status. */
function refusal(code: number, text: string, name: string): StatusError {
  if (code === 500) return internalError(text);
  if (code === 400) return badRequest(text);
  const details = { name, kind: 'pods/log', causes: [{ reason: 'UnexpectedServerResponse', message: text }] };
  if (code === 404)
    return failure(404, 'NotFound', `the server could not find the requested resource ( pods/log ${name})`, details);
  return failure(
    code,
    'Unknown',
    `the server responded with the status code ${code} but did not return more information`,
    details,
  );
}

/** GET pods/NAME/log: the kubelet's answer, as it comes. */
export const podLog =
  (kubelets: KubeletClient, reader: ResourceReader): ConnectHandler =>
  async (_request, { response }, context) => {
    const { info, query, signal } = context;
    const wanted = logQuery(query, info.name);
    const pod = await podOf(context, reader);
    const container = containerOf(pod, query.get('container'));
    const target = response!;
    if (!pod.spec.nodeName) {
      target.writeHead(204).end();
      return;
    }
    const path = `/containerLogs/${[info.namespace, info.name, container].map(encodeURIComponent).join('/')}?${wanted}`;
    const upstream = kubelets.open(kubelets.endpointOf(pod.spec.nodeName), { path });
    signal.addEventListener('abort', () => upstream.destroy(), { once: true });
    upstream.end();
    const answer = await answerOf(upstream).catch((error: Error) => {
      throw serviceUnavailable(`error trying to reach service: ${error.message}`);
    });
    if (answer.statusCode !== 200)
      throw refusal(answer.statusCode ?? 500, (await readText(answer)).slice(0, MAX_ERROR_BYTES), info.name);
    target.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
    target.flushHeaders?.();
    await pipeline(answer, target).catch(() => target.destroy());
  };
