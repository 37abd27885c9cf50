import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ObservedContainer } from '../../pod/observed.ts';
import { containersOf } from '../../pod/spec.ts';
import type { NodeRuntime } from '../../runtime/node-runtime.ts';
import { type Handler, HttpError } from '../http.ts';
import { parseLogOptions } from './log-options.ts';
import { logContainerId } from './log-target.ts';
import { readLog } from './read-log.ts';

/** GET /containerLogs/NAMESPACE/POD/CONTAINER */
export const containerLogs: Handler = async ({ parts: [namespace, name, container], query, runtime, signal }, response) => {
  if (!namespace) throw new HttpError(400, '{"message": "Missing podNamespace."}');
  if (!name) throw new HttpError(400, '{"message": "Missing podID."}');
  if (!container) throw new HttpError(400, '{"message": "Missing container name."}');
  const options = parseLogOptions(query, new Date());
  const pod = runtime.podByName(namespace, name);
  if (!pod) throw new HttpError(404, `pod ${JSON.stringify(name)} does not exist\n`);
  if (!containersOf(pod).some((each) => each.container.name === container))
    throw new HttpError(404, `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(name)}\n`);
  const id = logContainerId(pod, container, options.previous);
  const { logPath } = observed(runtime, pod.metadata.uid!, id) ?? {};
  if (!logPath) throw new HttpError(400, `unable to retrieve container logs for containerd://${id}`);
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  const isRunning = () => observed(runtime, pod.metadata.uid!, id)?.state === 'CONTAINER_RUNNING';
  const lines = Readable.from(readLog(logPath, options, isRunning, signal), { objectMode: false });
  await pipeline(lines, response).catch((error) => {
    if (!signal.aborted) throw error;
  });
};

const observed = (runtime: NodeRuntime, uid: string, id: string): ObservedContainer | undefined =>
  runtime.observed(uid)?.containers.find((each) => each.id === id);
