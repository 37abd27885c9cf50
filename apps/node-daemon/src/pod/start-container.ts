import { rm } from 'node:fs/promises';
import type { PodSandboxConfig } from '@windlass/host';
import { steadyNow } from '@windlass/platform';
import type { Container, Pod, Secret } from '@windlass/resources';
import type { ImageOutcome } from '../runtime/images.ts';
import { runtimeErrorText } from '../runtime/runtime-error.ts';
import type { Waiting } from '../status/container-status.ts';
import { ensureImageVolumes } from '../volumes/image-volumes.ts';
import { containerDevices, containerMounts } from '../volumes/mounts.ts';
import type { MountedVolumes } from '../volumes/pod-volumes.ts';
import { containerConfig } from './container-config.ts';
import { ContainerConfigError, containerEnv, type PodObjects, serviceEnv } from './env.ts';
import type { FieldFacts } from './fields.ts';
import { runHook } from './hooks.ts';
import type { NodeContext } from './node-context.ts';
import type { StartAction } from './sync-actions.ts';

export interface StartRequest {
  pod: Pod;
  action: StartAction;
  sandboxId: string;
  sandbox: PodSandboxConfig;
  volumes: MountedVolumes;
  facts: FieldFacts;
  objects: PodObjects;
  pullSecrets: () => Promise<Secret[]>;
  /** A background pull has ended: look again. */
  again: () => void;
  /** Container that an ephemeral one looks at. */
  targetId?: string;
  /** The pod ends: hooks need not be waited for. */
  signal: AbortSignal;
}

export type StartOutcome = { started: string } | { pending: true } | { waiting: Waiting; retryAt?: number };

const PULL_RELOOK_MS = 3000;
const MASTER_SERVICES = new Set(['kubernetes']);

/** Variables of services: those of the namespace unless the pod does without, and the API server's always. */
function servicesFor(ctx: NodeContext, pod: Pod): Record<string, string> {
  const own = pod.spec.enableServiceLinks === false ? [] : ctx.services(pod.metadata.namespace!);
  const names = new Set(own.map(({ metadata }) => metadata.name));
  const master = ctx
    .services('default')
    .filter(({ metadata }) => MASTER_SERVICES.has(metadata.name!) && !names.has(metadata.name));
  return serviceEnv([...master, ...own]);
}

/** Image, configuration, creation, start and postStart of one container, with the kubelet's reasons and events. Never rejects for the container's sake. */
export async function startContainer(ctx: NodeContext, request: StartRequest): Promise<StartOutcome> {
  const { pod, action } = request;
  const { container, attempt } = action;
  const event = (type: 'Normal' | 'Warning', reason: string, message: string) => ctx.event(pod, action, type, reason, message);
  const failed = (reason: string, message: string): StartOutcome => {
    event('Warning', 'Failed', `Error: ${message || reason}`);
    return { waiting: { reason, message } };
  };
  const ensure = (each: Container) =>
    ctx.images.ensure(pod.metadata.uid!, attempt, each, request.pullSecrets, event, request.again);
  const waiting = (outcome: Exclude<ImageOutcome, { image: unknown }>): StartOutcome => {
    if ('pending' in outcome) return outcome;
    const { reason, message, retryAt } = outcome;
    event('Warning', 'Failed', `Error: ${reason}`);
    // The next look, which finds the back-off, makes ErrImagePull into ImagePullBackOff.
    return { waiting: { reason, message }, retryAt: reason === 'ErrImagePull' ? steadyNow() + PULL_RELOOK_MS : retryAt };
  };
  const image = await ensure(container);
  if (!('image' in image)) return waiting(image);
  try {
    const missing = await ensureImageVolumes(pod, container, {
      paths: ctx.paths,
      containerdSocket: ctx.containerdSocket,
      ensure,
    });
    if (missing) return waiting(missing);
  } catch (error) {
    return failed('CreateContainerConfigError', `failed to mount image volume: ${(error as Error).message}`);
  }
  const begun = await ctx.slots.run('container', async (): Promise<string | StartOutcome> => {
    let id: string;
    try {
      const config = await configOf(ctx, request, image.image);
      id = await ctx.cri.createContainer(request.sandboxId, config, request.sandbox);
    } catch (error) {
      if (error instanceof ContainerConfigError) return failed('CreateContainerConfigError', error.message);
      return failed('CreateContainerError', runtimeErrorText(error));
    }
    ctx.cache.expect(pod.metadata.uid!, id);
    event('Normal', 'Created', 'Container created');
    try {
      await ctx.cri.startContainer(id);
    } catch (error) {
      return failed('RunContainerError', runtimeErrorText(error));
    }
    event('Normal', 'Started', 'Container started');
    return id;
  });
  if (typeof begun !== 'string') return begun;
  const id = begun;
  const hook = container.lifecycle?.postStart;
  if (hook) {
    try {
      await runHook(hook, container, id, request.facts.podIPs[0] ?? '', ctx.cri, request.signal);
    } catch (error) {
      const message = `PostStartHook failed`;
      ctx.logger.info({ err: error, pod: pod.metadata.name, container: container.name }, 'postStart failed');
      event('Warning', 'FailedPostStartHook', message);
      event('Normal', 'Killing', `FailedPostStartHook`);
      await ctx.cri.stopContainer(id, pod.spec.terminationGracePeriodSeconds ?? 30);
      return { waiting: { reason: 'PostStartHookError', message: `${(error as Error).message}` } };
    }
  }
  return { started: id };
}

async function configOf(ctx: NodeContext, request: StartRequest, image: Parameters<typeof containerConfig>[2]['image']) {
  const { pod, action, facts, objects, volumes } = request;
  const { container, attempt } = action;
  const env = await containerEnv(pod, container, facts, objects, servicesFor(ctx, pod));
  const { mounts, terminationMessageFile } = await containerMounts(pod, container, attempt, volumes, env, ctx.paths);
  if (attempt > 1) await rm(ctx.paths.terminationMessage(pod.metadata.uid!, container.name, attempt - 2), { force: true });
  return containerConfig(pod, container, {
    attempt,
    image,
    env,
    devices: containerDevices(pod, container, volumes),
    mounts,
    terminationMessageFile,
    memoryCapacity: ctx.memoryCapacity,
    security: { seccompDefault: ctx.seccompDefault, seccompRoot: ctx.paths.seccomp, hasAppArmor: ctx.hasAppArmor },
    targetId: request.targetId,
  });
}
