import type { ResourceDefinition } from '@windlass/meta';
import { controllerRevisions } from './apps/controller-revision.ts';
import { daemonSets } from './apps/daemon-set.ts';
import { deployments } from './apps/deployment.ts';
import { replicaSets } from './apps/replica-set.ts';
import { statefulSets } from './apps/stateful-set.ts';
import { horizontalPodAutoscalers, horizontalPodAutoscalersV1 } from './autoscaling/horizontal-pod-autoscalers.ts';
import { cronJobs } from './batch/cron-job.ts';
import { jobs } from './batch/job.ts';
import { podTemplates } from './core/pod-template.ts';
import { pods } from './core/pods.ts';
import { replicationControllers } from './core/replication-controller.ts';
import { podDisruptionBudgets } from './policy/pod-disruption-budget.ts';

/** Pods and the kinds that make, scale or protect them. */
export const workloads = [
  controllerRevisions,
  cronJobs,
  daemonSets,
  deployments,
  horizontalPodAutoscalers,
  horizontalPodAutoscalersV1,
  jobs,
  podDisruptionBudgets,
  podTemplates,
  pods,
  replicaSets,
  replicationControllers,
  statefulSets,
] as unknown as readonly ResourceDefinition[];
