import type { Runnable } from '@windlass/controller';
import { readAccountKey, readAuthority } from '@windlass/pki';
import { bootstrapCleaningController } from './bootstrap/cleaning-controller.ts';
import { bootstrapSigningController } from './bootstrap/signing-controller.ts';
import { csrApprovingController } from './certificates/approving-controller.ts';
import { csrCleanerController } from './certificates/cleaner-controller.ts';
import { csrSigningController } from './certificates/signing-controller.ts';
import { cronJobController } from './cronjob/controller.ts';
import { daemonSetController } from './daemonset/controller.ts';
import { deploymentController } from './deployment/controller.ts';
import { disruptionController } from './disruption/controller.ts';
import { staleTargetController } from './disruption/stale-targets.ts';
import { endpointsController } from './endpoints/endpoints-controller.ts';
import { endpointSliceMirrorController } from './endpoints/mirror/mirror-controller.ts';
import { endpointSliceController } from './endpoints/slice-controller.ts';
import { garbageCollector } from './garbage/collector.ts';
import { hpaController } from './hpa/controller.ts';
import { jobController } from './job/controller.ts';
import { jobOrphanController } from './job/orphans.ts';
import { ttlAfterFinishedController } from './job/ttl.ts';
import { loadBalancerController } from './loadbalancer/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './node/ipam.ts';
import { nodeLifecycleController } from './node/lifecycle.ts';
import { podGarbageCollector } from './node/pod-gc.ts';
import { taintEvictionController } from './node/taint-eviction.ts';
import { resourceQuotaController } from './quota/controller.ts';
import { clusterRoleAggregationController } from './rbac/aggregation-controller.ts';
import { replicaController } from './replicaset/controller.ts';
import { replicaSetKind, replicationControllerKind } from './replicaset/kinds.ts';
import { defaultServiceAccountController } from './serviceaccount/default-account.ts';
import { rootCaController } from './serviceaccount/root-ca.ts';
import { accountTokenController } from './serviceaccount/token-controller.ts';
import type { ControllerContext } from './shared/context.ts';
import type { ResolvedConfig } from './start.ts';
import { statefulSetController } from './statefulset/controller.ts';
import { volumeBinder } from './volume/bind/controller.ts';
import { ephemeralVolumeController } from './volume/ephemeral.ts';
import { expandController } from './volume/expand.ts';
import { localStorageClass } from './volume/local/classes.ts';
import { localDeleter, localProvisioner } from './volume/local/provisioner.ts';
import { claimProtectionController, volumeProtectionController } from './volume/protection.ts';

/** A controller is a function of the context and the configuration; undefined where the configuration leaves it out. */
export type ControllerMaker = (context: ControllerContext, config: ResolvedConfig) => Runnable | undefined;

/** Everything that runs, by the name that logs and `config.controllers` use. */
export const controllers: Record<string, ControllerMaker> = {
  deployment: deploymentController,
  replicaset: (context) => replicaController(context, replicaSetKind),
  replicationcontroller: (context) => replicaController(context, replicationControllerKind),
  daemonset: daemonSetController,
  statefulset: statefulSetController,
  job: jobController,
  cronjob: cronJobController,
  'job-orphans': jobOrphanController,
  'ttl-after-finished': ttlAfterFinishedController,
  horizontalpodautoscaler: (context, { hpaSyncPeriodSeconds = 15, hpaDownscaleStabilizationSeconds = 300 }) =>
    hpaController(context, {
      syncPeriodMs: hpaSyncPeriodSeconds * 1000,
      downscaleStabilizationSeconds: hpaDownscaleStabilizationSeconds,
    }),
  disruption: disruptionController,
  'disruption-stale-targets': staleTargetController,
  resourcequota: resourceQuotaController,
  endpointslice: endpointSliceController,
  endpoints: endpointsController,
  endpointslicemirroring: endpointSliceMirrorController,
  'service-lb': (context, { loadBalancerPool }) =>
    loadBalancerPool?.length ? loadBalancerController(context, loadBalancerPool) : undefined,
  'clusterrole-aggregation': clusterRoleAggregationController,
  csrapproving: csrApprovingController,
  csrsigning: (context, { pkiDir, clusterSigningSeconds = 365 * 86_400 }) =>
    pkiDir
      ? csrSigningController(context, { authority: () => readAuthority(pkiDir), seconds: clusterSigningSeconds })
      : undefined,
  csrcleaner: csrCleanerController,
  bootstrapsigner: bootstrapSigningController,
  tokencleaner: bootstrapCleaningController,
  serviceaccount: defaultServiceAccountController,
  'serviceaccount-token': (context, { pkiDir, rootCa = '' }) =>
    pkiDir ? accountTokenController(context, { key: () => readAccountKey(pkiDir), rootCa }) : undefined,
  'root-ca-certificate-publisher': (context, { rootCa }) => (rootCa ? rootCaController(context, rootCa) : undefined),
  'persistentvolume-binder': volumeBinder,
  'persistentvolume-expander': expandController,
  'local-provisioner': localProvisioner,
  'local-deleter': localDeleter,
  'local-storage-class': (context, { localStorageClass: name }) => (name ? localStorageClass(context, name) : undefined),
  'ephemeral-volume': ephemeralVolumeController,
  'persistentvolumeclaim-protection': claimProtectionController,
  'persistentvolume-protection': volumeProtectionController,
  namespace: namespaceController,
  garbagecollector: garbageCollector,
  'node-ipam': (context, { clusterCidr, nodeCidrMaskSize = 24 }) =>
    clusterCidr ? nodeIpamController(context, clusterCidr, nodeCidrMaskSize) : undefined,
  'node-lifecycle': (context, { nodeMonitorGraceSeconds = 40, nodeMonitorPeriodSeconds = 5 }) =>
    nodeLifecycleController(context, { graceMs: nodeMonitorGraceSeconds * 1000, periodMs: nodeMonitorPeriodSeconds * 1000 }),
  'taint-eviction': taintEvictionController,
  'pod-garbage-collector': (context, { terminatedPodThreshold = 12_500 }) =>
    podGarbageCollector(context, { terminatedThreshold: terminatedPodThreshold }),
};
