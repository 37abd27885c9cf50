import type { Client } from '@windlass/client';
import type { Cgroup, CriClient } from '@windlass/host';
import type { Pod } from '@windlass/resources';
import type { ObservedPod } from '../pod/observed.ts';

/** A container as the runtime holds it. */
export interface ContainerRef {
  id: string;
  name: string;
  podUid: string;
  sandboxId: string;
  /** Restart count of this instance. */
  attempt: number;
  state: 'created' | 'running' | 'exited' | 'unknown';
  /** Absolute path of the CRI log file; rotated ones lie beside it (`0.log.<time>`). */
  logPath: string;
  /** Milliseconds since 1970; 0: not yet. */
  createdAt: number;
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  tty: boolean;
  stdin: boolean;
}

/** What the rest of the daemon (kubelet API, statistics, logs) sees of the node's pods. */
export interface NodeRuntime {
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly cri: CriClient;
  readonly client: Client;
  /** Directory of `<namespace>_<pod>_<uid>/<container>/<restart>.log`. */
  readonly podLogsDir: string;
  /** The node's state directory: pods' volumes and files. */
  readonly stateDir: string;
  /** The group that holds all pods of this node. */
  readonly cgroup: Cgroup;
  /** Pods assigned to this node with the newest status that we know of, kind and apiVersion set. Do not change them. */
  pods(): Pod[];
  podByName(namespace: string, name: string): Pod | undefined;
  podByUid(uid: string): Pod | undefined;
  /** Last look at the runtime; undefined: nothing was made for the pod yet. */
  observed(uid: string): ObservedPod | undefined;
  /** `previous`: the instance before the newest one. Also finds init and ephemeral containers. */
  containerOf(namespace: string, pod: string, container: string, options?: { previous?: boolean }): ContainerRef | undefined;
  /** Id of the pod's ready sandbox (for port forwarding). */
  sandboxOf(uid: string): string | undefined;
  /** Host path of a volume that the daemon keeps for the pod (emptyDir, and what is made from API objects); undefined: elsewhere. */
  volumePath(uid: string, volume: string): string | undefined;
  podCgroup(uid: string): Cgroup;
  containerCgroup(uid: string, containerId: string): Cgroup;
}
