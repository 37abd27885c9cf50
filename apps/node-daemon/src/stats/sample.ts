import type { CgroupUsage } from '@windlass/host';
import type { Pod } from '@windlass/resources';
import type { DiskUsage, FsCapacity } from './disk-usage.ts';
import type { InterfaceUsage } from './net-dev.ts';

/** One look at what a group uses. */
export interface Measured extends CgroupUsage {
  /** Milliseconds since 1970. */
  time: number;
  /** CPU used per second since the look before, in ns; undefined at the first one. */
  cpuNanosPerSecond?: number;
}

export interface ContainerSample {
  name: string;
  id: string;
  image: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  usage: Measured;
  rootfs?: DiskUsage;
  logs?: DiskUsage;
}

export interface VolumeSample extends DiskUsage {
  name: string;
  /** Of the file system that it lies on. */
  fs: FsCapacity;
}

export interface PodSample {
  pod: Pod;
  usage?: Measured;
  containers: ContainerSample[];
  interfaces: InterfaceUsage[];
  volumes: VolumeSample[];
}

export interface NodeSample {
  nodeName: string;
  /** Milliseconds since 1970. */
  time: number;
  bootTime: number;
  usage: Measured;
  memoryCapacityBytes: number;
  /** The group that holds all pods. */
  allPods?: Measured;
  interfaces: InterfaceUsage[];
  fs?: FsCapacity;
  imageFs?: FsCapacity & { imagesBytes: number; imagesInodes: number };
  processes: { now: number; max: number };
  pods: PodSample[];
}
