import path from 'node:path';
import type { Pod } from '@windlass/resources';

/** Labels and annotations on sandboxes and containers: the kubelet's, so that crictl and other tools read them, and we adopt by them. */
export const LABEL = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
} as const;
export const ANNOTATION = {
  restartCount: 'io.kubernetes.container.restartCount',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessageFile: 'windlass.dev/termination-message-file',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  podTerminationGracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
} as const;

export const podLabels = (pod: Pod): Record<string, string> => ({
  ...pod.metadata.labels,
  [LABEL.podName]: pod.metadata.name!,
  [LABEL.podNamespace]: pod.metadata.namespace!,
  [LABEL.podUid]: pod.metadata.uid!,
});

/** `name_namespace(uid)`, as events and messages name a pod. */
export const formatPod = ({ metadata }: Pod): string => `${metadata.name}_${metadata.namespace}(${metadata.uid})`;

/** Paths of the node's state directory. */
export class NodePaths {
  readonly root: string;
  readonly logs: string;
  readonly pods: string;
  /** Of static pods. */
  readonly manifests: string;
  /** Seccomp profiles of type Localhost: `/var/lib/kubelet/seccomp` of a kubelet. */
  readonly seccomp: string;
  constructor(stateDir: string) {
    this.root = stateDir;
    this.logs = path.join(stateDir, 'pods-logs');
    this.pods = path.join(stateDir, 'pods');
    this.manifests = path.join(stateDir, 'manifests');
    this.seccomp = path.join(stateDir, 'seccomp');
  }
  pod = (uid: string): string => path.join(this.pods, uid);
  volume = (uid: string, plugin: string, name: string): string =>
    path.join(this.pod(uid), 'volumes', `kubernetes.io~${plugin}`, name);
  allocation = (uid: string): string => path.join(this.pod(uid), 'allocation.json');
  subPath = (uid: string, volume: string, container: string, index: number): string =>
    path.join(this.pod(uid), 'volume-subpaths', volume, container, String(index));
  hosts = (uid: string): string => path.join(this.pod(uid), 'etc-hosts');
  terminationMessage = (uid: string, container: string, attempt: number): string =>
    path.join(this.pod(uid), 'containers', container, `termination-${attempt}`);
  podLogs = (namespace: string, name: string, uid: string): string => path.join(this.logs, `${namespace}_${name}_${uid}`);
}
