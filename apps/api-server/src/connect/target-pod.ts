import type { RequestContext, ResourceReader } from '@windlass/apiserver';
import { badRequest, notFound } from '@windlass/meta';
import type { Pod } from '@windlass/resources';

/** The pod that a connection is for, as of now. @throws StatusError 404 */
export async function podOf({ info: { namespace, name } }: RequestContext, reader: ResourceReader): Promise<Pod> {
  const pod = await reader.getFresh('', 'pods', namespace, name);
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
  return pod as Pod;
}

const names = (list: readonly { name: string }[]): string => list.map(({ name }) => name).join(' ');

/** The container that was asked for, or the only one. @throws StatusError 400 with kube-apiserver's text */
export function containerOf(pod: Pod, asked: string | null): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const { name } = pod.metadata;
  if (asked) {
    if ([...containers, ...initContainers, ...ephemeralContainers].some((each) => each.name === asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  if (containers.length === 1) return containers[0]!.name;
  const init = initContainers.length > 0 ? ` or one of the init containers: [${names(initContainers)}]` : '';
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names(containers)}]${init}`);
}

/** @throws StatusError 400 for a pod that runs nowhere yet */
export function nodeOf(pod: Pod): string {
  if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  return pod.spec.nodeName;
}
