import { claimNameOf, type Node, type Pod } from '@windlass/resources';
import { amountsOf, podRequests } from './amounts.ts';
import type { NodeFacts, PodClaim, PodFacts } from './place/types.ts';

/** core/v1 Node → what placement needs. */
export function nodeFacts(node: Node): NodeFacts {
  const images = new Map<string, number>();
  for (const image of node.status?.images ?? []) for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0);
  return {
    name: node.metadata.name!,
    labels: node.metadata.labels ?? {},
    taints: node.spec.taints ?? [],
    unschedulable: node.spec.unschedulable ?? false,
    allocatable: amountsOf(node.status?.allocatable as Record<string, string> | undefined),
    images,
  };
}

/** `nginx` and `nginx:latest` are one image (docker reference normalization without the registry). */
const withTag = (image: string): string => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

const claims = (pod: Pod): PodClaim[] =>
  (pod.spec.volumes ?? []).flatMap((volume) => {
    const name = claimNameOf(pod, volume);
    return name === undefined
      ? []
      : [{ key: `${pod.metadata.namespace}/${name}`, name, ephemeral: volume.ephemeral !== undefined }];
  });

const isPreempted = ({ metadata, status }: Pod): boolean =>
  !!metadata.deletionTimestamp &&
  !!status?.conditions?.some(
    ({ type, status: value, reason }) => type === 'DisruptionTarget' && value === 'True' && reason === 'PreemptionByScheduler',
  );

/** core/v1 Pod → what placement needs. */
export function podFacts(pod: Pod): PodFacts {
  const { spec, metadata } = pod;
  const containers = [
    ...spec.containers,
    ...((spec.initContainers ?? []) as typeof spec.containers).filter((c) => c.restartPolicy === 'Always'),
  ];
  return {
    uid: metadata.uid!,
    namespace: metadata.namespace!,
    name: metadata.name!,
    labels: metadata.labels ?? {},
    priority: spec.priority ?? 0,
    requests: podRequests(pod),
    nodeName: spec.nodeName,
    nodeSelector: spec.nodeSelector,
    affinity: spec.affinity,
    tolerations: spec.tolerations ?? [],
    hostPorts: containers.flatMap((container) =>
      (container.ports ?? [])
        .filter((port) => port.hostPort)
        .map((port) => `${port.protocol ?? 'TCP'}/${port.hostIP || '0.0.0.0'}/${port.hostPort}`),
    ),
    images: containers.flatMap((container) => (container.image ? [withTag(container.image)] : [])),
    controller: metadata.ownerReferences?.find((owner) => owner.controller)?.uid,
    topologySpread: spec.topologySpreadConstraints ?? [],
    claims: claims(pod),
    preempts: spec.preemptionPolicy !== 'Never',
    nominatedNode: pod.status?.nominatedNodeName || undefined,
    terminating: !!metadata.deletionTimestamp,
    preempted: isPreempted(pod),
    // One that has not started yet is the youngest there is.
    startedAt: pod.status?.startTime ? Date.parse(pod.status.startTime) : Number.MAX_SAFE_INTEGER,
  };
}

/** A pod that no longer counts on its node. */
export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
