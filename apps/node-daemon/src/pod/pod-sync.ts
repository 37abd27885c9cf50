import { existsSync } from 'node:fs';
import { steadyNow } from '@windlass/platform';
import type { Pod, Secret } from '@windlass/resources';
import type { Waiting } from '../status/container-status.ts';
import { persistentVolumeOf } from '../volumes/claims.ts';
import { MountError, type MountedVolumes, mountVolumes, type VolumeSources } from '../volumes/pod-volumes.ts';
import { allOrFirstError } from '../volumes/settle.ts';
import type { PodObjects } from './env.ts';
import type { FieldFacts } from './fields.ts';
import { killContainer } from './kill-pod.ts';
import type { NodeContext } from './node-context.ts';
import { newestOf, type ObservedPod, readySandbox, sandboxIps } from './observed.ts';
import type { PodResize } from './pod-resize.ts';
import { pruneContainers, removeNeverRan } from './remove-pod.ts';
import { RestartControl } from './restart-control.ts';
import { createSandbox, preparePod, sandboxConfigOf, writeHosts } from './sandbox.ts';
import { containersOf, gracePeriodOf } from './spec.ts';
import { startContainer } from './start-container.ts';
import { type KillAction, type StartAction, syncActions } from './sync-actions.ts';

const NOTHING: ObservedPod = { sandboxes: [], containers: [] };
const VOLUME_REFRESH_MS = 60_000;
/** A pod's containers start one after the other, so this bounds nothing but a mistake. */
const MAX_STEPS = 100;
const RESIZE_RETRY_MS = 10_000;

export interface SyncHooks {
  /** Call the worker again. */
  wake(): void;
  wakeAt(ms: number): void;
  report(observed: ObservedPod): void;
  resize: PodResize;
  /** The pod ends. */
  signal: AbortSignal;
  /** The daemon ends, the pod goes on. */
  stopping: AbortSignal;
}

/** Brings what runs of one pod to what its specification says. Keeps what it must remember between two looks. */
export class PodSync {
  readonly #ctx: NodeContext;
  readonly #uid: string;
  readonly #hooks: SyncHooks;
  readonly #restarts = new RestartControl();
  readonly #killing = new Set<string>();
  /** Containers that were ended to be started again. */
  readonly restarting = new Set<string>();
  /** Why containers do not start. */
  readonly waiting = new Map<string, Waiting>();
  #volumes: MountedVolumes | undefined;
  #volumesAt = 0;
  #prepared = false;

  constructor(ctx: NodeContext, uid: string, hooks: SyncHooks) {
    this.#ctx = ctx;
    this.#uid = uid;
    this.#hooks = hooks;
  }

  /** An object that the pod refers to, or the pod, has changed. */
  readonly inputsChanged = (): void => {
    this.#volumesAt = 0;
    this.#restarts.retry();
    this.#hooks.wake();
  };

  /** @returns whether the pod has nothing more to do */
  async step(pod: Pod): Promise<boolean> {
    const ctx = this.#ctx;
    await removeNeverRan(ctx, this.#uid);
    let observed = ctx.cache.get(this.#uid) ?? NOTHING;
    const objects = ctx.objects.of(pod, this.inputsChanged);
    for (let steps = 0; steps < MAX_STEPS && !this.#hooks.signal.aborted; steps++) {
      ctx.prober.sync(pod, observed, this.#facts(pod, observed).podIPs[0] ?? '', false);
      const actions = syncActions(pod, observed, ctx.prober, this.restarting);
      if (actions.finished) return true;
      if (steps === 0) this.#hooks.report(observed);
      for (const kill of actions.kill) this.#kill(pod, kill, observed);
      if (!actions.sandbox) observed = await this.#resize(pod, observed);
      if (actions.sandbox && !pod.spec.hostNetwork && !ctx.isNetworkReady()) await ctx.networkReady;
      const sandbox = this.#ensureSandbox(pod, observed, actions.sandbox?.attempt);
      await allOrFirstError<unknown>([this.#mount(pod, objects, observed), sandbox]);
      observed = await sandbox;
      if (actions.sandbox) {
        this.#hooks.report(observed);
        continue;
      }
      const started: string[] = [];
      for (const action of actions.start) {
        const id = await this.#start(pod, action, observed, objects);
        if (id) started.push(id);
      }
      if (started.length === 0) break;
      observed = await ctx.cache.containersStarted(this.#uid, observed.sandboxes[0]!.id, started);
      ctx.prober.sync(pod, observed, this.#facts(pod, observed).podIPs[0] ?? '', false);
      this.#hooks.report(observed);
      if (actions.start.some(({ attempt }) => attempt > 1))
        void pruneContainers(ctx, pod).catch((err) => this.#warn(err, pod, 'ended containers are not removed'));
    }
    this.#hooks.report(ctx.cache.get(this.#uid) ?? NOTHING);
    return false;
  }

  async #resize(pod: Pod, observed: ObservedPod): Promise<ObservedPod> {
    const { restart, changed } = await this.#hooks.resize.apply(pod, observed);
    const specs = containersOf(pod);
    for (const { container, id } of restart) {
      const spec = specs.find((each) => each.container.name === container.name)!;
      this.#restarts.excuse(container.name);
      this.#kill(pod, { ...spec, id, reason: 'resize' }, observed);
    }
    if (this.#hooks.resize.state.inProgress?.error) this.#hooks.wakeAt(steadyNow() + RESIZE_RETRY_MS);
    if (!changed) return observed;
    const refreshed = await this.#ctx.cache.refresh(this.#uid);
    if (restart.length === 0) await this.#hooks.resize.apply(pod, refreshed);
    this.#hooks.report(refreshed);
    return refreshed;
  }

  #facts(pod: Pod, observed: ObservedPod): FieldFacts {
    const { nodeName, nodeIp, allocatable } = this.#ctx;
    const podIPs = pod.spec.hostNetwork ? [nodeIp] : sandboxIps(readySandbox(observed));
    return { nodeName, hostIP: nodeIp, podIPs, allocatable };
  }

  async #mount(pod: Pod, objects: PodObjects, observed: ObservedPod): Promise<void> {
    const now = steadyNow();
    if (this.#volumes && now - this.#volumesAt < VOLUME_REFRESH_MS) return;
    this.#volumesAt = now;
    try {
      const ctx = this.#ctx;
      const started = observed.containers.length > 0;
      const sources: VolumeSources = {
        ...objects,
        facts: this.#facts(pod, observed),
        token: (projection) => ctx.tokens.get(pod, projection),
        persistentVolume: (volume) => persistentVolumeOf(ctx.client, pod, volume, started),
        persistent: { local: ctx.localVolumes, node: { name: ctx.nodeName, labels: ctx.node()?.metadata.labels ?? {} } },
      };
      this.#volumes = await mountVolumes(pod, ctx.paths, sources, this.#volumes);
      if (this.#volumes.size > 0) this.#hooks.wakeAt(now + VOLUME_REFRESH_MS);
    } catch (error) {
      if (!(error instanceof MountError)) throw error;
      this.#volumesAt = 0;
      this.#ctx.event(pod, undefined, 'Warning', 'FailedMount', error.message);
      // Containers that run keep the content they have.
      if (!this.#volumes) throw error;
    }
  }

  async #ensureSandbox(pod: Pod, observed: ObservedPod, attempt: number | undefined): Promise<ObservedPod> {
    if (!this.#prepared) await preparePod(this.#ctx, pod);
    this.#prepared = true;
    if (attempt !== undefined) {
      const made = await createSandbox(this.#ctx, pod, observed, attempt);
      await writeHosts(this.#ctx, pod, made);
      return made;
    }
    if (!existsSync(this.#ctx.paths.hosts(this.#uid))) await writeHosts(this.#ctx, pod, observed);
    return observed;
  }

  async #start(pod: Pod, action: StartAction, observed: ObservedPod, objects: PodObjects): Promise<string | undefined> {
    const ctx = this.#ctx;
    const { name } = action.container;
    if (this.#hooks.signal.aborted) return undefined;
    const verdict = this.#restarts.verdict(pod, action, steadyNow());
    if (verdict !== 'now') {
      this.waiting.set(name, verdict.waiting);
      this.#hooks.wakeAt(verdict.retryAt);
      if (verdict.backoff) {
        const message = `Back-off restarting failed container ${name} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${this.#uid})`;
        ctx.event(pod, action, 'Warning', 'BackOff', message);
      }
      return undefined;
    }
    const sandbox = readySandbox(observed)!;
    const target = (action.container as { targetContainerName?: string }).targetContainerName;
    const outcome = await startContainer(ctx, {
      pod,
      action,
      sandboxId: sandbox.id,
      sandbox: sandboxConfigOf(ctx, pod, sandbox.metadata.attempt),
      volumes: this.#volumes!,
      facts: this.#facts(pod, observed),
      objects,
      pullSecrets: () => pullSecrets(pod, objects),
      again: this.#hooks.wake,
      targetId: target ? newestOf(observed, target)?.id : undefined,
      signal: this.#hooks.signal,
    });
    if ('pending' in outcome) return undefined;
    this.#restarts.starting(action, steadyNow());
    if ('started' in outcome) {
      this.waiting.delete(name);
      return outcome.started;
    }
    this.waiting.set(name, outcome.waiting);
    this.#hooks.wakeAt(this.#restarts.failed(name, outcome.waiting, steadyNow(), outcome.retryAt));
    await ctx.cache.refresh(this.#uid);
    return undefined;
  }

  #warn(err: unknown, pod: Pod, what: string): void {
    if (!this.#hooks.stopping.aborted) this.#ctx.logger.warn({ err, pod: pod.metadata.name }, what);
  }

  #kill(pod: Pod, { id, reason, ...each }: KillAction, observed: ObservedPod): void {
    if (this.#killing.has(id)) return;
    this.#killing.add(id);
    const { container } = each;
    const probe = reason === 'resize' ? undefined : container[`${reason}Probe`];
    const grace = probe?.terminationGracePeriodSeconds ?? gracePeriodOf(pod);
    if (pod.spec.restartPolicy !== 'Never') this.restarting.add(id);
    const podIp = this.#facts(pod, observed).podIPs[0] ?? '';
    const message =
      reason === 'resize'
        ? `Container ${container.name} resize requires restart`
        : `Container ${container.name} failed ${reason} probe, will be restarted`;
    void killContainer(this.#ctx, pod, each, id, grace, { message, podIp })
      .then(() => this.#ctx.cache.refresh(this.#uid))
      .catch((err) => this.#warn(err, pod, 'container does not end'))
      .finally(() => {
        this.#killing.delete(id);
        this.#hooks.wake();
      });
  }
}

async function pullSecrets(pod: Pod, objects: PodObjects): Promise<Secret[]> {
  const found = await Promise.all((pod.spec.imagePullSecrets ?? []).map(({ name }) => (name ? objects.secret(name) : undefined)));
  return found.filter((secret) => secret !== undefined);
}
