import { isCriNotFound } from '@windlass/host';
import { sleep, steadyNow } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import { runHook } from './hooks.ts';
import type { NodeContext } from './node-context.ts';
import { isRunning, type ObservedContainer, type ObservedPod } from './observed.ts';
import { containersOf, type SpecContainer } from './spec.ts';

/** A container is given at least so long after its preStop hook. */
const MIN_GRACE_SECONDS = 2;
/** What Node.js' timers hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface KillOptions {
  /** Event text; absent: no event. */
  message?: string;
  reason?: string;
  podIp: string;
}

/** preStop, then the stop signal, then (when the grace period is over) SIGKILL. Resolves when the container has ended. */
export async function killContainer(
  ctx: NodeContext,
  pod: Pod,
  each: SpecContainer | undefined,
  id: string,
  graceSeconds: number,
  { message, podIp }: KillOptions,
): Promise<void> {
  if (message && each) ctx.event(pod, each, 'Normal', 'Killing', message);
  let grace = graceSeconds;
  const hook = each?.container.lifecycle?.preStop;
  if (hook && grace > 0) {
    const begun = steadyNow();
    const signal = AbortSignal.timeout(Math.min(grace * 1000, MAX_TIMER_MS));
    try {
      await runHook(hook, each.container, id, podIp, ctx.cri, signal);
    } catch (err) {
      ctx.logger.info({ err, pod: pod.metadata.name, container: each.container.name }, 'preStop failed');
      ctx.event(pod, each, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
    }
    grace = Math.max(MIN_GRACE_SECONDS, grace - Math.floor((steadyNow() - begun) / 1000));
  }
  await stop(ctx, id, grace);
}

const stop = (ctx: NodeContext, id: string, graceSeconds: number): Promise<void> =>
  ctx.cri.stopContainer(id, graceSeconds).catch((error) => {
    if (!isCriNotFound(error)) throw error;
  });

/** The end of a pod: all containers at once, then sidecars in reverse order, then its sandboxes. */
export class PodKiller {
  readonly #ctx: NodeContext;
  readonly #pod: Pod;
  #graceSeconds: number;
  #deadline: number;
  #shortened = Promise.withResolvers<void>();
  readonly done: Promise<void>;

  constructor(ctx: NodeContext, pod: Pod, observed: ObservedPod, graceSeconds: number, podIp: string) {
    this.#ctx = ctx;
    this.#pod = pod;
    this.#graceSeconds = graceSeconds;
    this.#deadline = steadyNow() + graceSeconds * 1000;
    this.done = this.#run(observed, podIp);
    this.done.catch(() => {});
  }

  get graceSeconds(): number {
    return this.#graceSeconds;
  }

  /** Less time from now on (a second, more urgent deletion). */
  shorten(graceSeconds: number): void {
    if (graceSeconds >= this.#graceSeconds) return;
    this.#graceSeconds = graceSeconds;
    this.#deadline = Math.min(this.#deadline, steadyNow() + graceSeconds * 1000);
    this.#shortened.resolve();
    this.#shortened = Promise.withResolvers();
  }

  async #run(observed: ObservedPod, podIp: string): Promise<void> {
    const specs = new Map(containersOf(this.#pod).map((each) => [each.container.name, each]));
    const running = observed.containers.filter((each) => isRunning(each) || each.state === 'CONTAINER_UNKNOWN');
    const kindOf = (each: ObservedContainer) => specs.get(each.metadata.name)?.kind;
    const kill = (each: ObservedContainer) => this.#kill(each, specs.get(each.metadata.name), podIp);
    await Promise.all(running.filter((each) => kindOf(each) !== 'sidecar').map(kill));
    const order = (this.#pod.spec.initContainers ?? []).map(({ name }) => name);
    const sidecars = running
      .filter((each) => kindOf(each) === 'sidecar')
      .sort((a, b) => order.indexOf(b.metadata.name) - order.indexOf(a.metadata.name));
    for (const each of sidecars) await kill(each);
    await Promise.all(observed.sandboxes.map(({ id }) => this.#ctx.cri.stopPodSandbox(id)));
  }

  async #kill(each: ObservedContainer, spec: SpecContainer | undefined, podIp: string): Promise<void> {
    let ended = false;
    const left = () =>
      Math.max(spec?.kind === 'sidecar' ? MIN_GRACE_SECONDS : 0, Math.ceil((this.#deadline - steadyNow()) / 1000));
    const killing = killContainer(this.#ctx, this.#pod, spec, each.id, left(), {
      message: `Stopping container ${each.metadata.name}`,
      podIp,
    }).finally(() => {
      ended = true;
    });
    // Each shortening sends a new stop request with less time; the first one ends with the container.
    while (!ended) {
      const changed = await Promise.race([killing.then(() => false), this.#shortened.promise.then(() => true)]);
      if (changed && !ended) void stop(this.#ctx, each.id, this.#graceSeconds).catch(() => {});
      await sleep(0);
    }
    await killing;
  }
}
