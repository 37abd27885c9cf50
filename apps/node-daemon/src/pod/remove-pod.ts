import { rm } from 'node:fs/promises';
import { isCriNotFound, unmountBelow } from '@windlass/host';
import type { Pod } from '@windlass/resources';
import { type NodeContext, podCgroup } from './node-context.ts';
import { hasExited, neverRan, type ObservedContainer } from './observed.ts';

const ignoreMissing = (error: unknown): void => {
  if (!isCriNotFound(error)) throw error;
};

/** After the last container ended: volumes and cgroup. Logs and records of containers stay. */
export async function releaseResources(ctx: NodeContext, uid: string): Promise<void> {
  ctx.objects.release(uid);
  ctx.tokens.forget(uid);
  await unmountBelow(ctx.paths.pod(uid));
  await podCgroup(ctx, uid).remove();
  await rm(`${ctx.paths.pod(uid)}/volumes`, { recursive: true, force: true });
}

/** Records of containers and sandboxes, with the containers' writable layers. */
export async function removeRecords(ctx: NodeContext, uid: string): Promise<void> {
  const { sandboxes, containers } = await ctx.cache.refresh(uid);
  await Promise.all(containers.map(({ id }) => ctx.cri.removeContainer(id).catch(ignoreMissing)));
  await Promise.all(
    sandboxes.map(async ({ id }) => {
      await ctx.cri.stopPodSandbox(id).catch(ignoreMissing);
      await ctx.cri.removePodSandbox(id).catch(ignoreMissing);
    }),
  );
  await ctx.cache.refresh(uid);
}

/** Records of containers and sandboxes, files, and (unless they are still needed) logs. @returns whether all is gone */
export async function removePod(ctx: NodeContext, uid: string, logDirectory: string): Promise<boolean> {
  await removeRecords(ctx, uid);
  await podCgroup(ctx, uid).remove();
  await unmountBelow(ctx.paths.pod(uid));
  await rm(ctx.paths.pod(uid), { recursive: true, force: true });
  ctx.images.forget(uid);
  if (!(await ctx.mayRemoveLogs(uid))) return false;
  await rm(logDirectory, { recursive: true, force: true });
  return true;
}

/** Removes what an earlier daemon began and did not start, so that it is begun anew as if nothing had been. @throws CriError while the runtime is still at it */
export async function removeNeverRan(ctx: NodeContext, uid: string): Promise<void> {
  const left = (ctx.cache.get(uid)?.containers ?? []).filter(neverRan);
  if (left.length === 0) return;
  for (const { id } of left) await ctx.cri.removeContainer(id).catch(ignoreMissing);
  await ctx.cache.refresh(uid);
}

/** Keeps one ended instance of each container (for `logs --previous`), as the kubelet's garbage collection. */
export async function pruneContainers(ctx: NodeContext, pod: Pod): Promise<void> {
  const uid = pod.metadata.uid!;
  const observed = ctx.cache.get(uid);
  if (!observed) return;
  const seen = new Map<string, number>();
  const old: ObservedContainer[] = [];
  for (const container of observed.containers) {
    if (!hasExited(container)) continue;
    const count = (seen.get(container.metadata.name) ?? 0) + 1;
    seen.set(container.metadata.name, count);
    if (count > 1) old.push(container);
  }
  const used = new Set(observed.containers.filter((each) => !old.includes(each)).map(({ sandboxId }) => sandboxId));
  const sandboxes = observed.sandboxes.slice(1).filter(({ id, state }) => state === 'SANDBOX_NOTREADY' && !used.has(id));
  if (old.length + sandboxes.length === 0) return;
  const mayRemoveLogs = await ctx.mayRemoveLogs(uid);
  for (const { id, logPath } of old) {
    await ctx.cri.removeContainer(id).catch(ignoreMissing);
    if (mayRemoveLogs && logPath) await rm(logPath, { force: true });
  }
  for (const { id } of sandboxes) await ctx.cri.removePodSandbox(id).catch(ignoreMissing);
  await ctx.cache.refresh(uid);
}
