/** TypeScript shapes of the messages in api-proto.ts. 64-bit integers are numbers; nanosecond times so lose their last two digits. */
export type Labels = Record<string, string>;

export interface Int64Value {
  value: number;
}
export interface PortMapping {
  protocol: 'TCP' | 'UDP' | 'SCTP';
  containerPort: number;
  hostPort?: number;
  hostIp?: string;
}
export interface CriMount {
  containerPath: string;
  hostPath: string;
  readonly?: boolean;
  recursiveReadOnly?: boolean;
  propagation?: 'PROPAGATION_PRIVATE' | 'PROPAGATION_HOST_TO_CONTAINER' | 'PROPAGATION_BIDIRECTIONAL';
}
export interface NamespaceOption {
  network: 'POD' | 'NODE';
  pid: 'POD' | 'CONTAINER' | 'NODE' | 'TARGET';
  ipc: 'POD' | 'NODE';
  targetId?: string;
}
export interface SecurityProfile {
  profileType: 'RuntimeDefault' | 'Unconfined' | 'Localhost';
  localhostRef?: string;
}
export interface SELinuxOption {
  user?: string;
  role?: string;
  type?: string;
  level?: string;
}
export interface LinuxContainerResources {
  cpuPeriod?: number;
  cpuQuota?: number;
  cpuShares?: number;
  memoryLimitInBytes?: number;
  oomScoreAdj?: number;
  cpusetCpus?: string;
  unified?: Labels;
}
export interface PodSandboxConfig {
  metadata: { name: string; uid: string; namespace: string; attempt: number };
  hostname?: string;
  logDirectory: string;
  dnsConfig?: { servers: string[]; searches: string[]; options: string[] };
  portMappings?: PortMapping[];
  labels: Labels;
  annotations: Labels;
  linux: {
    cgroupParent: string;
    securityContext: {
      namespaceOptions: NamespaceOption;
      runAsUser?: Int64Value;
      runAsGroup?: Int64Value;
      supplementalGroups?: number[];
      privileged?: boolean;
      seccomp?: SecurityProfile;
      selinuxOptions?: SELinuxOption;
    };
    sysctls?: Labels;
  };
}
export interface ContainerConfig {
  metadata: { name: string; attempt: number };
  image: { image: string };
  command?: string[];
  args?: string[];
  workingDir?: string;
  envs: { key: string; value: Buffer }[];
  mounts: CriMount[];
  devices?: { containerPath: string; hostPath: string; permissions: string }[];
  labels: Labels;
  annotations: Labels;
  logPath: string;
  stdin?: boolean;
  stdinOnce?: boolean;
  tty?: boolean;
  linux: {
    resources: LinuxContainerResources;
    securityContext: {
      capabilities?: { addCapabilities: string[]; dropCapabilities: string[] };
      privileged?: boolean;
      namespaceOptions: NamespaceOption;
      runAsUser?: Int64Value;
      runAsGroup?: Int64Value;
      readonlyRootfs?: boolean;
      supplementalGroups?: number[];
      noNewPrivs?: boolean;
      maskedPaths?: string[];
      readonlyPaths?: string[];
      seccomp?: SecurityProfile;
      apparmor?: SecurityProfile;
      selinuxOptions?: SELinuxOption;
    };
  };
}
export type SandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
export interface Sandbox {
  id: string;
  metadata: { name: string; uid: string; namespace: string; attempt: number };
  state: SandboxState;
  createdAt: number;
  labels: Labels;
  annotations: Labels;
}
export interface SandboxStatus extends Sandbox {
  network: { ip: string; additionalIps: { ip: string }[] } | null;
}
export type CriContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';
export interface CriContainer {
  id: string;
  podSandboxId: string;
  metadata: { name: string; attempt: number };
  image: { image: string } | null;
  imageRef: string;
  state: CriContainerState;
  createdAt: number;
  labels: Labels;
  annotations: Labels;
}
export interface CriContainerStatus {
  id: string;
  metadata: { name: string; attempt: number };
  state: CriContainerState;
  createdAt: number;
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  image: { image: string } | null;
  imageRef: string;
  reason: string;
  message: string;
  labels: Labels;
  annotations: Labels;
  logPath: string;
}
export interface CriImage {
  id: string;
  repoTags: string[];
  repoDigests: string[];
  size: number;
  uid: Int64Value | null;
  username: string;
  pinned: boolean;
}
export interface AuthConfig {
  username?: string;
  password?: string;
  auth?: string;
  serverAddress?: string;
  identityToken?: string;
}
export interface CriContainerStats {
  attributes: { id: string; metadata: { name: string; attempt: number }; labels: Labels };
  cpu: { timestamp: number; usageCoreNanoSeconds: Int64Value | null } | null;
  memory: {
    timestamp: number;
    workingSetBytes: Int64Value | null;
    usageBytes: Int64Value | null;
    rssBytes: Int64Value | null;
  } | null;
  writableLayer: { usedBytes: Int64Value | null; inodesUsed: Int64Value | null } | null;
}
export interface ContainerEvent {
  containerId: string;
  containerEventType: string;
  podSandboxStatus: SandboxStatus | null;
}
