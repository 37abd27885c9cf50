import type { Pod } from '@windlass/resources';

/** What network policies need of a pod. */
export interface PodView {
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** IPv4. */
  ips: readonly string[];
  ports: readonly { name: string; protocol: string; number: number }[];
  nodeName: string;
}

/** undefined: the pod has no address of its own (host network, not started, finished). */
export function podView(pod: Pod): PodView | undefined {
  const { phase, podIP, podIPs } = pod.status ?? {};
  if (pod.spec.hostNetwork || phase === 'Succeeded' || phase === 'Failed') return undefined;
  const ips = (podIPs?.map(({ ip }) => ip) ?? [podIP ?? '']).filter((ip) => ip?.includes('.'));
  if (ips.length === 0) return undefined;
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')];
  const ports = containers.flatMap((container) =>
    (container.ports ?? []).flatMap(({ name, protocol = 'TCP', containerPort }) =>
      name ? [{ name, protocol, number: containerPort }] : [],
    ),
  );
  return {
    namespace: pod.metadata.namespace ?? '',
    labels: pod.metadata.labels ?? {},
    ips,
    ports,
    nodeName: pod.spec.nodeName ?? '',
  };
}

/** Keeps of a pod only what {@link podView} reads: every node holds all pods of the cluster while there are policies. */
export function slimPod(pod: Pod): Pod {
  const { name, namespace, uid, labels, resourceVersion } = pod.metadata;
  const slim = (containers: Pod['spec']['containers'] | undefined) =>
    containers?.map((c) => ({ name: c.name, ports: c.ports, restartPolicy: c.restartPolicy }));
  return {
    metadata: { name, namespace, uid, labels, resourceVersion },
    spec: {
      nodeName: pod.spec.nodeName,
      hostNetwork: pod.spec.hostNetwork,
      containers: slim(pod.spec.containers),
      initContainers: slim(pod.spec.initContainers),
    },
    status: { phase: pod.status?.phase, podIP: pod.status?.podIP, podIPs: pod.status?.podIPs },
  } as Pod;
}
