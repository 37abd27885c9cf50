import type { Client } from '@windlass/client';
import type { Cgroup, CriClient } from '@windlass/host';
import type { Logger } from '@windlass/platform';
import type { Node, Pod, Service } from '@windlass/resources';
import type { DnsConfig } from '../dns/resolv-conf.ts';
import type { Prober } from '../probes/prober.ts';
import type { Images } from '../runtime/images.ts';
import type { PodCache } from '../runtime/pod-cache.ts';
import type { StartSlots } from '../runtime/start-slots.ts';
import type { StatusWriter } from '../status/status-writer.ts';
import type { LocalVolumes } from '../volumes/local-volumes.ts';
import type { ReferencedObjects } from '../volumes/referenced-objects.ts';
import type { TokenCache } from '../volumes/token-cache.ts';
import type { NodePaths } from './names.ts';
import type { SpecContainer } from './spec.ts';

/** What pod workers work with: one per daemon. */
export interface NodeContext {
  nodeName: string;
  nodeIp: string;
  /** As last seen; undefined before the first look. */
  node(): Node | undefined;
  clusterDomain: string;
  memoryCapacity: number;
  allocatable: Record<string, string>;
  podPidsLimit: number;
  allowedUnsafeSysctls: readonly string[];
  /** Containers without a seccomp profile get the runtime's. */
  seccompDefault: boolean;
  hasAppArmor: boolean;
  paths: NodePaths;
  cgroup: Cgroup;
  client: Client;
  cri: CriClient;
  containerdSocket: string;
  cache: PodCache;
  slots: StartSlots;
  images: Images;
  prober: Prober;
  status: StatusWriter;
  localVolumes: LocalVolumes;
  objects: ReferencedObjects;
  tokens: TokenCache;
  logger: Logger;
  /** Resolves when pods may be started. */
  networkReady: Promise<unknown>;
  isNetworkReady(): boolean;
  resolvConf(pod: Pod): DnsConfig;
  /** Name of the runtime's handler of the pod's RuntimeClass; '' for the default one. @throws what the API server answers */
  runtimeHandler(pod: Pod): Promise<string>;
  /** Services of a namespace. */
  services(namespace: string): Service[];
  /** The other pods that the node has taken and that have not ended, with the resources they were granted. */
  others(uid: string): Pod[];
  /** Why the node takes no such pod while it is under pressure; undefined: it does. */
  pressureRefusal(pod: Pod): string | undefined;
  /** Some of the node's resources may have become free: resizes that wait are looked at again. */
  resourcesFreed(): void;
  /** Whether a pod's log files may go. */
  mayRemoveLogs(uid: string): Promise<boolean>;
  /** What stands for a static pod in the API server, once it is there. */
  mirrorOf(pod: Pod): Pod | undefined;
  isShuttingDown(): boolean;
  /** A pod's status (its address) may have changed. */
  podChanged(): void;
  /** Records an event about a pod, or about one of its containers. */
  event(pod: Pod, container: SpecContainer | undefined, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

export const podCgroupName = (uid: string): string => `pod${uid}`;
export const podCgroup = ({ cgroup }: NodeContext, uid: string): Cgroup => cgroup.child(podCgroupName(uid));
