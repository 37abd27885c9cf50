import type { AppliedLimits, CriContainerStatus, SandboxStatus } from '@windlass/host';

/** What the runtime holds of one pod. */
export interface ObservedPod {
  /** Newest first. */
  sandboxes: SandboxStatus[];
  /** Newest first, over all sandboxes. */
  containers: ObservedContainer[];
}
export interface ObservedContainer extends CriContainerStatus {
  sandboxId: string;
  /** Text that the container left behind, when it ended. */
  terminationMessage?: string;
  /** CPU and memory limits of a running one, as the kernel holds them. */
  limits?: AppliedLimits;
}

export const instancesOf = (observed: ObservedPod, name: string): ObservedContainer[] =>
  observed.containers.filter((container) => container.metadata.name === name);

export const newestOf = (observed: ObservedPod, name: string): ObservedContainer | undefined =>
  observed.containers.find((container) => container.metadata.name === name);

export const isRunning = (container: ObservedContainer | undefined): boolean => container?.state === 'CONTAINER_RUNNING';
export const hasExited = (container: ObservedContainer | undefined): boolean =>
  container?.state === 'CONTAINER_EXITED' || container?.state === 'CONTAINER_UNKNOWN';

/**
 * Records of containers that never ran, or for a moment only, because the daemon ended while it made or started them: the runtime cancels what its caller does not wait
 * for. Only true between a pod's steps, when nothing is being started.
 */
export const neverRan = ({ state, reason, message, startedAt }: ObservedContainer): boolean =>
  state === 'CONTAINER_CREATED' ||
  (state === 'CONTAINER_EXITED' && reason === 'StartError' && startedAt === 0 && /context cancel+ed/.test(message));

export const readySandbox = (observed: ObservedPod): SandboxStatus | undefined => {
  const newest = observed.sandboxes[0];
  return newest?.state === 'SANDBOX_READY' ? newest : undefined;
};

export const sandboxIps = (sandbox: SandboxStatus | undefined): string[] =>
  sandbox?.network?.ip ? [sandbox.network.ip, ...sandbox.network.additionalIps.map(({ ip }) => ip)] : [];

/** Nanoseconds since 1970 to milliseconds. */
export const nanosToMs = (nanos: number): number => Math.floor(nanos / 1e6);
