import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { unmountBelow } from '@windlass/host';
import type { NodeContext } from '../pod/node-context.ts';

const names = (directory: string): Promise<string[]> => readdir(directory).catch(() => []);

/** Removes what a daemon that was killed left of pods which neither the API server nor the runtime knows. */
export async function removeStale(ctx: NodeContext, isKnown: (uid: string) => boolean): Promise<void> {
  for (const uid of await names(ctx.paths.pods)) {
    if (isKnown(uid)) continue;
    await unmountBelow(ctx.paths.pod(uid));
    await rm(ctx.paths.pod(uid), { recursive: true, force: true });
  }
  for (const name of ctx.cgroup.children()) {
    const uid = /^pod(.+)$/.exec(name)?.[1];
    if (uid && !isKnown(uid)) await ctx.cgroup.child(name).remove();
  }
  for (const name of await names(ctx.paths.logs)) {
    const uid = name.split('_')[2];
    if (uid && !isKnown(uid) && (await ctx.mayRemoveLogs(uid)))
      await rm(path.join(ctx.paths.logs, name), { recursive: true, force: true });
  }
}
