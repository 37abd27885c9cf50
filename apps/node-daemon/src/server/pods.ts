import { type Handler, sendJson } from './http.ts';

/** GET /pods: the pods of this node as the API shows them. */
export const pods: Handler = ({ runtime }, response) =>
  sendJson(response, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: runtime.pods() });

/** GET /runningpods: those of which a container runs. */
export const runningPods: Handler = ({ runtime }, response) => {
  const isRunning = (uid: string) => runtime.observed(uid)?.containers.some(({ state }) => state === 'CONTAINER_RUNNING');
  const items = runtime.pods().filter(({ metadata }) => isRunning(metadata.uid!));
  sendJson(response, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items });
};
