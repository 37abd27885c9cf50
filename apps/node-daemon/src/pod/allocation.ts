import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { Container, Pod, ResourceRequirements } from '@windlass/resources';
import { isSidecar } from './spec.ts';

/** Resources that the node has granted to a pod's containers, by name: those that can be resized, that is app containers and sidecars. */
export type Allocation = Readonly<Record<string, ResourceRequirements>>;

export const isResizable = (pod: Pod, container: Container): boolean =>
  pod.spec.containers.includes(container) || isSidecar(container);

const resizable = (pod: Pod): Container[] => [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers];

/** What a pod asks for. */
export const allocationOf = (pod: Pod): Allocation =>
  Object.fromEntries(resizable(pod).map(({ name, resources }) => [name, resources ?? {}]));

/** The pod as it was granted; the same object when that is what it asks for. */
export function withAllocation(pod: Pod, allocation: Allocation): Pod {
  if (!wantsResize(pod, allocation)) return pod;
  const granted = (container: Container): Container =>
    isResizable(pod, container) && allocation[container.name]
      ? { ...container, resources: allocation[container.name] }
      : container;
  const spec = { ...pod.spec, containers: pod.spec.containers.map(granted) };
  if (pod.spec.initContainers) spec.initContainers = pod.spec.initContainers.map(granted);
  return { ...pod, spec };
}

/** Whether the pod asks for other resources than it was granted. */
export const wantsResize = (pod: Pod, allocation: Allocation): boolean =>
  resizable(pod).some(({ name, resources }) => allocation[name] && text(resources) !== text(allocation[name]));

const sorted = (list: Record<string, string> | undefined) => Object.entries(list ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
const text = (resources: ResourceRequirements | undefined): string =>
  JSON.stringify([sorted(resources?.limits), sorted(resources?.requests)]);

/** The checkpoint of a pod's allocation; undefined when there is none that can be read. */
export function readAllocation(file: string): Allocation | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Allocation;
  } catch {
    return undefined;
  }
}

/** Replaces the checkpoint; never half of it. */
export async function writeAllocation(file: string, allocation: Allocation): Promise<void> {
  await writeFile(`${file}.tmp`, JSON.stringify(allocation));
  await rename(`${file}.tmp`, file);
}
