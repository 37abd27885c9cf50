import { cloneJson, equalJson, type FieldError, fieldError, type Path, path } from '@windlass/meta';
import type { Container, Pod, ResourceRequirements } from '../types.gen.ts';
import { MIRROR_POD } from './annotations.ts';
import { optionsFor } from './pod-options.ts';
import { podQosClass } from './pod-resources.ts';
import { validatePod } from './pod-rules.ts';

const SPEC = path('spec');
const WHOLE = '<nil>';

const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';

/** What a resize may bring: resources and resize policies of the containers that the pod has; the rest stays (dropNonResizeUpdates). */
export function keepToResize(pod: Pod, old: Pod): void {
  const given = pod.spec;
  const { managedFields, resourceVersion } = pod.metadata;
  pod.metadata = { ...cloneJson(old.metadata), managedFields, resourceVersion };
  pod.spec = cloneJson(old.spec);
  for (const field of ['containers', 'initContainers'] as const)
    for (const next of given[field] ?? []) {
      const own = pod.spec[field]?.find(({ name }) => name === next.name);
      if (!own) continue;
      own.resources = next.resources;
      own.resizePolicy = next.resizePolicy;
      if (!own.resizePolicy) delete own.resizePolicy;
    }
  pod.spec.resources = given.resources;
  if (!pod.spec.resources) delete pod.spec.resources;
}

const removed = (next: object | undefined, old: object | undefined): boolean =>
  Object.keys(old ?? {}).some((name) => !Object.hasOwn(next ?? {}, name));

function validateContainerResize(next: ResourceRequirements = {}, old: ResourceRequirements = {}, at: Path): FieldError[] {
  return [
    ...(removed(next.requests, old.requests)
      ? [fieldError.forbidden(at.child('requests'), 'resource requests cannot be removed')]
      : []),
    ...(removed(next.limits, old.limits) ? [fieldError.forbidden(at.child('limits'), 'resource limits cannot be removed')] : []),
  ];
}

/** The container with its CPU and memory as they were. */
function withOldCpuAndMemory(container: Container, old: Container): Container {
  const munge = (next: Record<string, string> | undefined, before: Record<string, string> | undefined) => {
    if (!before) return undefined;
    const { cpu: _, memory: __, ...others } = next ?? {};
    const { cpu, memory } = before;
    return { ...others, ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
  };
  const { limits, requests } = container.resources ?? {};
  const resources: ResourceRequirements = {};
  const [oldLimits, oldRequests] = [munge(limits, old.resources?.limits), munge(requests, old.resources?.requests)];
  if (oldLimits) resources.limits = oldLimits;
  if (oldRequests) resources.requests = oldRequests;
  if (container.resources?.claims) resources.claims = container.resources.claims;
  return { ...container, resources };
}

/** A node that resizes reports the resources of what it runs. */
const nodeResizes = ({ status }: Pod): boolean => {
  const running = status?.containerStatuses?.find(({ state }) => state?.running);
  return !running || running.resources !== undefined;
};

function mutableResources(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  pod.spec.containers.forEach((container, i) => {
    const before = old.spec.containers[i]!;
    if (!equalJson(withOldCpuAndMemory(container, before), before))
      errors.push(fieldError.forbidden(SPEC, 'only cpu and memory resources are mutable'));
  });
  pod.spec.initContainers?.forEach((container, i) => {
    const before = old.spec.initContainers![i]!;
    if (isSidecar(container)) {
      if (!equalJson(withOldCpuAndMemory(container, before), before))
        errors.push(fieldError.forbidden(SPEC, 'only cpu and memory resources for sidecar containers are mutable'));
    } else if (!equalJson(container, before))
      errors.push(fieldError.forbidden(SPEC, 'resources for non-sidecar init containers are immutable'));
  });
  return errors;
}

/** ValidatePodResize. Both pods differ in resources alone, see {@link keepToResize}. */
export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[MIRROR_POD] !== undefined) return [fieldError.forbidden(WHOLE, 'static pods cannot be resized')];
  if (old.spec.os?.name === 'windows') return [fieldError.forbidden(WHOLE, 'windows pods cannot be resized')];
  const errors = validatePod(pod, optionsFor(old.spec));
  if ((old.status?.qosClass ?? podQosClass(old.spec)) !== podQosClass(pod.spec)) {
    const detail = 'Pod QOS Class may not change as a result of resizing';
    errors.push(fieldError.invalid(SPEC, pod.status?.qosClass ?? '', detail));
  }
  if (!nodeResizes(old)) errors.push(fieldError.forbidden(SPEC, 'Pod running on node without support for resize'));
  for (const field of ['initContainers', 'containers'] as const)
    old.spec[field]?.forEach((before, i) => {
      if (field === 'initContainers' && !isSidecar(before)) return;
      const at = SPEC.child(field).index(i).child('resources');
      errors.push(...validateContainerResize(pod.spec[field]?.[i]?.resources, before.resources, at));
    });
  return [...errors, ...mutableResources(pod, old)];
}
