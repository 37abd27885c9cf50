import type { Pod } from '@windlass/resources';
import type { HostPort } from '../network/index.ts';

/** Ports of the node that its pods publish; pods on the node's own network need none. */
export function hostPorts(pods: readonly Pod[]): HostPort[] {
  return pods.flatMap(({ spec, status }) => {
    const podIp = status?.podIP;
    if (!podIp || spec.hostNetwork || status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
    return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports }) =>
      (ports ?? []).flatMap(({ hostPort, containerPort, hostIP, protocol }) =>
        hostPort ? [{ hostPort, containerPort, podIp, hostIp: hostIP, protocol: protocol ?? 'TCP' }] : [],
      ),
    );
  });
}
