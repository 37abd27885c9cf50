import type { Job, Pod, PodSpec } from '@windlass/resources';
import type { Owner } from '../shared/claim.ts';
import { podFromTemplate } from '../shared/pod-template.ts';
import { indexFailureAnnotations, type JobFacts } from './facts.ts';
import { INDEX } from './indexes.ts';
import { hasLimitPerIndex, TRACKING } from './spec.ts';

const ENV = 'JOB_COMPLETION_INDEX';
const GENERATED_NAME_SPACE = 63 - 5;

/** The pod that a Job makes; `index` for Indexed Jobs. */
export function jobPod(job: Job & Owner, facts: JobFacts, index: number | undefined): Pod {
  const pod = podFromTemplate(job.spec.template, job);
  pod.metadata.finalizers = [...new Set([...(pod.metadata.finalizers ?? []), TRACKING])];
  if (index === undefined) return pod;
  const suffix = `-${index}-`;
  pod.metadata.generateName = `${(job.metadata.name as string).slice(0, GENERATED_NAME_SPACE - suffix.length)}${suffix}`;
  pod.metadata.labels = { ...pod.metadata.labels, [INDEX]: String(index) };
  const failures = hasLimitPerIndex(job) ? indexFailureAnnotations(job, facts.kept.get(index)) : {};
  pod.metadata.annotations = { ...pod.metadata.annotations, [INDEX]: String(index), ...failures };
  pod.spec = { ...withIndexEnv(pod.spec), hostname: `${job.metadata.name}-${index}` };
  return pod;
}

/** Tells every container its index, unless the template does so itself. */
function withIndexEnv(spec: PodSpec): PodSpec {
  const entry = { name: ENV, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } };
  const add = <C extends { env?: { name: string }[] }>(container: C): C =>
    container.env?.some(({ name }) => name === ENV) ? container : { ...container, env: [...(container.env ?? []), entry] };
  return { ...spec, containers: spec.containers.map(add), initContainers: spec.initContainers?.map(add) };
}
