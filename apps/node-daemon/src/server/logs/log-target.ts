import type { ContainerStatus, Pod } from '@windlass/resources';
import { HttpError } from '../http.ts';

/** Which instance of a container a log request means, by its runtime id. @throws HttpError 400 with the kubelet's text when there is none yet */
export function logContainerId(pod: Pod, container: string, previous: boolean): string {
  const { status } = pod;
  const found = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ].find(({ name }) => name === container);
  const where = `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)}`;
  if (!found) throw new HttpError(400, `${where} is not available`);
  const last = found.lastState?.terminated?.containerID;
  if (previous) {
    if (!last) throw new HttpError(400, `previous terminated ${where} not found`);
    return bare(last);
  }
  const id = currentId(found) ?? last;
  if (id) return bare(id);
  if (found.state?.terminated) throw new HttpError(400, `${where} is terminated`);
  throw new HttpError(400, `${where} is waiting to start${waitingText(found)}`);
}

const bare = (id: string): string => id.replace(/^[^:]+:\/\//, '');

const currentId = ({ state, containerID }: ContainerStatus): string | undefined =>
  state?.running ? containerID : state?.terminated?.containerID || undefined;

function waitingText({ state }: ContainerStatus): string {
  const reason = state?.waiting?.reason;
  if (!reason) return ' - no logs yet';
  if (reason === 'ErrImagePull') return `: image can't be pulled`;
  if (reason === 'ImagePullBackOff') return ': trying and failing to pull image';
  return `: ${reason}`;
}
