import type { AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger/plugin.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import { podSecurity } from './pod-security/plugin.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { priority } from './priority/plugin.ts';
import { runtimeClass } from './runtime-class/plugin.ts';
import { serviceAccount } from './service-account/plugin.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

export { sortPlugins } from './order.ts';
export { resourceQuota } from './resource-quota/plugin.ts';

/** The built-in plugins that Kubernetes enables by default. The order is that of order.ts. */
export const builtinPlugins = (reader: ResourceReader): AdmissionPlugin[] => [
  namespaceLifecycle(reader),
  limitRanger(reader),
  serviceAccount(reader),
  taintNodesByCondition(),
  podSecurity(reader),
  priority(reader),
  defaultTolerationSeconds(),
  defaultStorageClass(reader),
  persistentVolumeClaimResize(reader),
  storageObjectInUseProtection(),
  runtimeClass(reader),
  defaultIngressClass(reader),
  podTopologyLabels(reader),
];
