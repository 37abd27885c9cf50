import type { NodeDaemonConfig } from '../config.ts';
import { DEFAULT_HARD } from '../eviction/thresholds.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';

/** The configuration in force, in the kubelet's terms (kubelet.config.k8s.io/v1beta1). */
export const configz = (config: NodeDaemonConfig, runtime: NodeRuntime): object => ({
  kubeletconfig: {
    kind: 'KubeletConfiguration',
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    port: config.kubeletPort ?? 10_250,
    containerRuntimeEndpoint: `unix://${config.containerdSocket}`,
    clusterDomain: config.clusterDomain,
    clusterDNS: [config.clusterDnsIp],
    podCIDR: config.podCidr,
    maxPods: config.maxPods ?? 110,
    podPidsLimit: config.podPidsLimit ?? 4096,
    cgroupRoot: runtime.cgroup.name,
    cgroupDriver: 'cgroupfs',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: config.pki.caFile } },
    authorization: { mode: 'Webhook' },
    nodeStatusUpdateFrequency: '10s',
    nodeStatusReportFrequency: '5m0s',
    nodeLeaseDurationSeconds: 40,
    seccompDefault: true,
    staticPodPath: `${config.stateDir}/manifests`,
    shutdownGracePeriod: '0s',
    shutdownGracePeriodCriticalPods: '0s',
    evictionHard: DEFAULT_HARD,
    evictionPressureTransitionPeriod: '5m0s',
    imageGCHighThresholdPercent: 85,
    imageGCLowThresholdPercent: 80,
    imageMinimumGCAge: '2m0s',
    imageMaximumGCAge: '0s',
    ...config.kubelet,
    containerLogMaxSize: '10Mi',
    containerLogMaxFiles: 5,
  },
});
