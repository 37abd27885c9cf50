/**
 * What of a KubeletConfiguration (kubelet.config.k8s.io/v1beta1) the daemon follows, in its words and with its defaults. Durations are Go's
 * (`5m0s`); thresholds are quantities or percentages by signal (`memory.available: 100Mi`, `nodefs.available: 10%`).
 */
export interface KubeletSettings {
  /** Directory of manifests of static pods. Default `manifests` in the node's state directory. */
  staticPodPath?: string;
  /** How long pods have to end when the daemon is told to end, and what of it is for critical pods. Default 0s: pods go on. */
  shutdownGracePeriod?: string;
  shutdownGracePeriodCriticalPods?: string;
  /** Instead of the two, by priority. */
  shutdownGracePeriodByPodPriority?: { priority: number; shutdownGracePeriodSeconds: number }[];
  /** Containers without a seccomp profile get the runtime's (RuntimeDefault). Default true here, false in the kubelet. */
  seccompDefault?: boolean;
  /** Sysctls beside the safe ones that pods may set: names, or beginnings of names and `*`. */
  allowedUnsafeSysctls?: string[];
  /** Replaces the defaults as a whole. */
  evictionHard?: Record<string, string>;
  evictionSoft?: Record<string, string>;
  /** One for every signal of evictionSoft. */
  evictionSoftGracePeriod?: Record<string, string>;
  evictionMinimumReclaim?: Record<string, string>;
  /** How long a pressure is reported after it was last seen. Default 5m0s. */
  evictionPressureTransitionPeriod?: string;
  /** Grace period in seconds of pods that a soft threshold evicts. Default 0: at once. */
  evictionMaxPodGracePeriod?: number;
  /** Default 85 and 80. */
  imageGCHighThresholdPercent?: number;
  imageGCLowThresholdPercent?: number;
  /** Default 2m0s. */
  imageMinimumGCAge?: string;
  /** Unused images older than this go in any case. Default 0s: never. */
  imageMaximumGCAge?: string;
  /** How often pressure is looked at, not a field of the kubelet (10 s there). Default 10s. */
  evictionMonitoringPeriod?: string;
}
