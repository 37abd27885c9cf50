import { mkdir, writeFile } from 'node:fs/promises';
import { applyLimits, type PodSandboxConfig } from '@windlass/host';
import type { Pod } from '@windlass/resources';
import { runtimeErrorText } from '../runtime/runtime-error.ts';
import { type NodeContext, podCgroup } from './node-context.ts';
import type { ObservedPod } from './observed.ts';
import { sandboxIps } from './observed.ts';
import { podLimits } from './resources.ts';
import { hostsFile, sandboxConfig } from './sandbox-config.ts';

/** Directories and the cgroup (with limits) of a pod; idempotent. */
export async function preparePod(ctx: NodeContext, pod: Pod): Promise<void> {
  const { uid, name, namespace } = pod.metadata;
  const group = podCgroup(ctx, uid!);
  await Promise.all([
    mkdir(ctx.paths.pod(uid!), { recursive: true, mode: 0o750 }),
    mkdir(ctx.paths.podLogs(namespace!, name!, uid!), { recursive: true }),
    group.create().then(() => applyLimits(group, podLimits(pod, ctx.podPidsLimit))),
  ]);
}

export const sandboxConfigOf = (ctx: NodeContext, pod: Pod, attempt: number): PodSandboxConfig =>
  sandboxConfig(pod, {
    attempt,
    logDirectory: ctx.paths.podLogs(pod.metadata.namespace!, pod.metadata.name!, pod.metadata.uid!),
    cgroupParent: podCgroup(ctx, pod.metadata.uid!).name,
    dns: ctx.resolvConf(pod),
    clusterDomain: ctx.clusterDomain,
  });

/** A sandbox that could not be made; told as an event already. */
export class SandboxError extends Error {
  override name = 'SandboxError';
}

/** Makes a sandbox after what is left of older ones was stopped. @throws SandboxError */
export async function createSandbox(ctx: NodeContext, pod: Pod, observed: ObservedPod, attempt: number): Promise<ObservedPod> {
  try {
    if (observed.sandboxes.length > 0) {
      ctx.event(pod, undefined, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      await Promise.all(observed.sandboxes.map(({ id }) => ctx.cri.stopPodSandbox(id)));
    }
    if (pod.spec.hostUsers === false) throw new Error('runtime does not support user namespaces');
    const handler = await ctx.runtimeHandler(pod);
    const id = await ctx.slots.run('sandbox', () => ctx.cri.runPodSandbox(sandboxConfigOf(ctx, pod, attempt), handler));
    return await ctx.cache.sandboxStarted(pod.metadata.uid!, id);
  } catch (error) {
    const message = `Failed to create pod sandbox: ${runtimeErrorText(error)}`;
    ctx.event(pod, undefined, 'Warning', 'FailedCreatePodSandBox', message);
    throw new SandboxError(message, { cause: error });
  }
}

/** Writes the pod's /etc/hosts; in place, since containers have the file mounted. */
export async function writeHosts(ctx: NodeContext, pod: Pod, observed: ObservedPod): Promise<void> {
  if (pod.spec.hostNetwork) return;
  await writeFile(ctx.paths.hosts(pod.metadata.uid!), hostsFile(pod, sandboxIps(observed.sandboxes[0]), ctx.clusterDomain));
}
