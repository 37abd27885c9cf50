import {
  type AppliedLimits,
  applyLimits,
  type CgroupLimits,
  CPU_PERIOD_US,
  type LinuxContainerResources,
  readLimits,
  readUsage,
} from '@windlass/host';
import type { Container, Pod } from '@windlass/resources';
import { type NodeContext, podCgroup } from './node-context.ts';
import type { Resizable } from './resize.ts';
import { podLimits } from './resources.ts';

export interface ContainerChange {
  container: Container;
  id: string;
  desired: LinuxContainerResources;
  applied: AppliedLimits;
  changed: Resizable[];
}

/** The larger of two limits; none is the largest. */
const looser = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : Math.max(a, b);

/** Limits under which both the old and the new containers' limits are allowed. */
export function loosest(next: CgroupLimits, applied: AppliedLimits | undefined): CgroupLimits {
  if (!applied) return next;
  const cpuMillis = applied.quotaUs < 0 ? undefined : Math.ceil((applied.quotaUs * 1000) / CPU_PERIOD_US);
  const memoryBytes = applied.memoryBytes < 0 ? undefined : applied.memoryBytes;
  return { ...next, cpuMillis: looser(next.cpuMillis, cpuMillis), memoryBytes: looser(next.memoryBytes, memoryBytes) };
}

const shrinks = ({ desired, applied }: ContainerChange): boolean => {
  const bytes = desired.memoryLimitInBytes ?? 0;
  return bytes > 0 && (applied.memoryBytes < 0 || bytes < applied.memoryBytes);
};

/**
 * Changes limits of running containers and of their pod's cgroup: the pod's first where it grows and last where it shrinks, since a group may
 * not allow more than the one above. @param restarts containers with other limits still run: the pod's cgroup does not shrink yet
 * @throws Error when a container uses more memory than it may, CriError
 */
export async function actuate(ctx: NodeContext, pod: Pod, changes: readonly ContainerChange[], restarts: boolean): Promise<void> {
  const group = podCgroup(ctx, pod.metadata.uid!);
  const limits = podLimits(pod, ctx.podPidsLimit);
  for (const change of changes.filter(shrinks)) {
    const usage = await readUsage(group.child(change.id));
    const limit = change.desired.memoryLimitInBytes!;
    // The kernel would kill rather than refuse.
    if (usage && usage.workingSetBytes >= limit)
      throw new Error(
        `attempting to set container ${JSON.stringify(change.container.name)} memory limit (${limit}) below current usage (${usage.workingSetBytes})`,
      );
  }
  await applyLimits(group, loosest(limits, await readLimits(group)));
  for (const { id, desired } of [...changes.filter(shrinks), ...changes.filter((each) => !shrinks(each))])
    await ctx.cri.updateContainerResources(id, desired);
  if (!restarts) await applyLimits(group, limits);
}
