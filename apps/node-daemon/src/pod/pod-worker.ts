import { isConflict, isNotFound } from '@windlass/client';
import { secondsHistogram, steadyNow, traced } from '@windlass/platform';
import type { Pod, PodStatus } from '@windlass/resources';
import type { Eviction } from '../eviction/eviction-manager.ts';
import { EVICTED } from '../eviction/messages.ts';
import { runtimeErrorText } from '../runtime/runtime-error.ts';
import { NOT_ADMITTED } from '../shutdown/shut-down.ts';
import { isStatic } from '../static/manifest.ts';
import { podStatus } from '../status/pod-status.ts';
import { PODS } from '../status/status-writer.ts';
import { MountError } from '../volumes/pod-volumes.ts';
import { type Refusal, refusal } from './admission.ts';
import { PodKiller } from './kill-pod.ts';
import { deadlineOf, isTerminal, withStatus } from './merged-pod.ts';
import type { NodeContext } from './node-context.ts';
import { isRunning, type ObservedPod, readySandbox, sandboxIps } from './observed.ts';
import { PodResize } from './pod-resize.ts';
import { PodSync } from './pod-sync.ts';
import { releaseResources, removePod } from './remove-pod.ts';
import { SandboxError } from './sandbox.ts';
import { gracePeriodOf } from './spec.ts';

const MAX_BACKOFF_MS = 30_000;
/** Node.js' timers of more than 2^31 - 1 ms fire at once, over and over: far times are looked at once a day. */
const MAX_TIMER_MS = 24 * 3600_000;
const syncTime = secondsHistogram('kubelet_pod_worker_duration_seconds', 'Time of one sync of a pod');

/** Everything of one pod happens here, one step after the other: start, healing, status, end, removal. */
export class PodWorker {
  readonly uid: string;
  readonly #ctx: NodeContext;
  readonly #onGone: (worker: PodWorker) => void;
  readonly #ending = new AbortController();
  readonly #stopping = new AbortController();
  readonly #sync: PodSync;
  readonly #resize: PodResize;
  #pod: Pod;
  /** The API server no longer has it. */
  #removed: boolean;
  /** The pod as a whole has failed. */
  #failed: { reason: string; message: string } | undefined;
  #eviction: Eviction | undefined;
  /** Resolves when its resources are free. */
  readonly #over = Promise.withResolvers<void>();
  /** Nothing of it shall run any more. */
  #ended = false;
  #killer: PodKiller | undefined;
  #killed = false;
  #released = false;
  #running = false;
  #again = false;
  #timer: { at: number; handle: NodeJS.Timeout } | undefined;
  #failures = 0;
  /** Of a static pod, of which the API server may know nothing. */
  #ownStatus: PodStatus | undefined;

  constructor(ctx: NodeContext, pod: Pod, onGone: (worker: PodWorker) => void, removed = false) {
    this.#ctx = ctx;
    this.uid = pod.metadata.uid!;
    this.#pod = pod;
    this.#onGone = onGone;
    this.#removed = removed;
    this.#resize = new PodResize(ctx, pod);
    this.#sync = new PodSync(ctx, this.uid, {
      wake: this.wake,
      wakeAt: (at) => this.#wakeAt(at),
      report: (observed) => this.#report(observed),
      resize: this.#resize,
      signal: this.#ending.signal,
      stopping: this.#stopping.signal,
    });
  }

  get isStatic(): boolean {
    return isStatic(this.#pod);
  }

  /** The pod with the newest status that we know of. */
  get pod(): Pod {
    return withStatus(this.#pod, this.isStatic ? this.#ownStatus : this.#ctx.status.get(this.uid));
  }

  /** {@link pod} with the resources that it was granted. */
  get granted(): Pod {
    return this.#resize.granted(this.pod);
  }
  /** Its resources are in use. */
  get isActive(): boolean {
    return this.#resize.isAdmitted && !this.#removed && !this.#killed && !isTerminal(this.pod.status);
  }
  /** Nothing of it runs any more; its records may go. */
  get isOver(): boolean {
    return this.#released && isTerminal(this.pod.status);
  }
  get isResizePending(): boolean {
    return this.#resize.state.pending !== undefined && this.isActive;
  }

  update(pod: Pod): void {
    const isSame =
      JSON.stringify([pod.spec, pod.metadata]) ===
      JSON.stringify([this.#pod.spec, { ...this.#pod.metadata, resourceVersion: pod.metadata.resourceVersion }]);
    const gates = pod.spec.readinessGates?.length;
    this.#ctx.status.seen(pod);
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp) this.#ending.abort();
    // Our own status writes come back as updates.
    if (isSame) {
      if (gates) this.wake();
      return;
    }
    this.#sync.inputsChanged();
  }

  remove(last?: Pod): void {
    if (last) this.#pod = last;
    this.#removed = true;
    this.#ending.abort();
    this.wake();
  }

  /** Ends the pod for the node's sake. Resolves when nothing of it runs any more. */
  evict(eviction: Eviction): Promise<void> {
    if (!this.#failed) {
      const { reason, message } = eviction;
      this.#failed = { reason, message };
      this.#eviction = eviction;
      if (!eviction.isSilent) this.#ctx.event(this.#pod, undefined, 'Warning', reason, message);
      this.#ending.abort();
      this.wake();
    }
    return this.#over.promise;
  }

  readonly wake = (): void => {
    if (this.#stopping.signal.aborted) return;
    this.#again = true;
    if (!this.#running) void this.#run();
  };

  /** @param at by the steady clock */
  #wakeAt(at: number): void {
    if (this.#stopping.signal.aborted || (this.#timer && this.#timer.at <= at)) return;
    clearTimeout(this.#timer?.handle);
    const handle = setTimeout(
      () => {
        this.#timer = undefined;
        this.wake();
      },
      Math.min(MAX_TIMER_MS, Math.max(0, at - steadyNow())),
    );
    this.#timer = { at, handle };
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#again && !this.#stopping.signal.aborted) {
      this.#again = false;
      const startedAt = performance.now();
      try {
        const { name = '', namespace = '' } = this.#pod.metadata;
        await traced('sync pod', { namespace, name, uid: this.uid }, () => this.#step());
        syncTime((performance.now() - startedAt) / 1000);
        this.#failures = 0;
      } catch (err) {
        if (this.#stopping.signal.aborted) break;
        const known = err instanceof MountError || err instanceof SandboxError;
        const { name, namespace } = this.#pod.metadata;
        this.#ctx.logger[known ? 'info' : 'warn']({ err, pod: name, namespace }, 'pod is not as it should be yet, trying again');
        if (!known) this.#ctx.event(this.#pod, undefined, 'Warning', 'FailedSync', `Error syncing pod: ${runtimeErrorText(err)}`);
        this.#failures++;
        this.#wakeAt(steadyNow() + Math.min(MAX_BACKOFF_MS, 500 * 2 ** this.#failures));
        this.#report(this.#observed());
      }
    }
    this.#running = false;
  }

  #observed = (): ObservedPod => this.#ctx.cache.get(this.uid) ?? { sandboxes: [], containers: [] };

  async #step(): Promise<void> {
    const pod = this.pod;
    const deadline = deadlineOf(pod);
    if (deadline !== undefined && !isTerminal(pod.status)) {
      if (Date.now() >= deadline && !this.#failed) this.#overdue(pod);
      else this.#wakeAt(steadyNow() + deadline - Date.now());
    }
    this.#admit(pod);
    if (isTerminal(pod.status) || this.#failed) this.#ended = true;
    if (!this.#ended && !this.#removed && !pod.metadata.deletionTimestamp) {
      await this.#resize.decide(pod);
      this.#ended = await this.#sync.step(this.#resize.granted(pod));
      if (!this.#ended && !this.#ending.signal.aborted) return;
    }
    this.#ending.abort();
    await this.#end(this.pod);
  }

  /** What the node refuses never starts; what runs already was admitted. */
  #admit(pod: Pod): void {
    if (this.#failed || isTerminal(pod.status) || this.#resize.isAdmitted) return;
    const refused = this.#ctx.cache.get(this.uid) ? undefined : this.#refusal(pod);
    if (!refused) {
      this.#resize.admit(pod);
      return;
    }
    const { reason, message } = refused;
    this.#failed = { reason, message: `Pod was rejected: ${message}` };
    this.#ctx.event(pod, undefined, 'Warning', reason, message);
  }

  #refusal(pod: Pod): Refusal | undefined {
    if (this.#ctx.isShuttingDown()) return NOT_ADMITTED;
    const pressure = this.#ctx.pressureRefusal(pod);
    if (pressure !== undefined) return { reason: EVICTED, message: pressure };
    const { allocatable, allowedUnsafeSysctls, hasAppArmor, node, others } = this.#ctx;
    return refusal(pod, {
      node: node(),
      others: others(this.uid),
      allocatable,
      allowedUnsafeSysctls,
      hasAppArmor,
      isStatic: this.isStatic,
    });
  }

  #overdue(pod: Pod): void {
    const message = 'Pod was active on the node longer than the specified deadline';
    this.#failed = { reason: 'DeadlineExceeded', message };
    this.#ctx.event(pod, undefined, 'Normal', 'DeadlineExceeded', message);
  }

  /** Containers, then volumes and cgroup, then the object, then the records. */
  async #end(pod: Pod): Promise<void> {
    const isDeleted = this.#removed || pod.metadata.deletionTimestamp !== undefined;
    if (!this.#killed) {
      if (!(await this.#kill(pod, Math.max(1, this.#eviction?.grace ?? gracePeriodOf(pod))))) return;
      this.#killed = true;
    }
    if (!this.#released) {
      const observed = await this.#ctx.cache.refresh(this.uid);
      this.#ctx.prober.sync(pod, observed, '', true);
      this.#report(observed);
      await releaseResources(this.#ctx, this.uid);
      this.#released = true;
      this.#over.resolve();
      this.#ctx.resourcesFreed();
    }
    if (!isDeleted) return;
    if (!this.#removed) await this.#deleteObject(pod);
    const { namespace, name } = pod.metadata;
    if (await removePod(this.#ctx, this.uid, this.#ctx.paths.podLogs(namespace!, name!, this.uid))) return this.#gone();
    this.#wakeAt(steadyNow() + 1000);
  }

  /** @returns whether nothing of it runs any more */
  async #kill(pod: Pod, graceSeconds: number): Promise<boolean> {
    if (this.#killer) {
      this.#killer.shorten(graceSeconds);
      this.#report(this.#observed());
      return false;
    }
    const observed = await this.#ctx.cache.refresh(this.uid);
    const podIp = pod.spec.hostNetwork ? this.#ctx.nodeIp : (sandboxIps(readySandbox(observed))[0] ?? '');
    this.#ctx.prober.sync(pod, observed, podIp, true);
    if (!observed.containers.some(isRunning) && !readySandbox(observed)) return true;
    this.#report(observed);
    this.#killer = new PodKiller(this.#ctx, pod, observed, graceSeconds, podIp);
    this.#killer.done.then(
      () => {
        this.#killed = true;
        this.wake();
      },
      (err) => {
        if (this.#stopping.signal.aborted) return;
        this.#ctx.logger.warn({ err, pod: pod.metadata.name }, 'pod does not end, trying again');
        this.#killer = undefined;
        this.#wakeAt(steadyNow() + 1000);
      },
    );
    return false;
  }

  async #deleteObject({ metadata: { name, namespace } }: Pod): Promise<void> {
    await this.#ctx.status.flushed(this.uid);
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid: this.uid } };
      await this.#ctx.client.resource(PODS).delete({ name, namespace }, options);
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
    this.#removed = true;
  }

  #report(observed: ObservedPod): void {
    if (this.#removed) return;
    const pod = this.granted;
    const { prober, nodeIp } = this.#ctx;
    const runs = observed.containers.some(isRunning);
    const status = podStatus(pod, observed, {
      started: (id) => prober.started(id),
      ready: (id) => prober.ready(id),
      waiting: this.#sync.waiting,
      finished: this.#killed,
      failed: runs ? undefined : this.#failed,
      nodeIp,
      resize: this.#resize.state,
      restarting: this.#sync.restarting,
      disruption: this.#eviction?.condition,
      now: new Date(),
    });
    this.#write(status);
    this.#ctx.podChanged();
    const deadline = deadlineOf({ ...pod, status });
    if (deadline !== undefined && !this.#failed) this.#wakeAt(steadyNow() + deadline - Date.now());
  }

  /** A static pod's status is its mirror's. */
  #write(status: PodStatus): void {
    if (this.isStatic) this.#ownStatus = status;
    const shown = this.isStatic ? this.#ctx.mirrorOf(this.#pod) : this.#pod;
    if (shown) this.#ctx.status.set(shown, { ...status, observedGeneration: shown.metadata.generation });
  }

  #gone(): void {
    this.#over.resolve();
    this.stop();
    this.#ctx.status.forget(this.uid);
    this.#onGone(this);
  }

  /** Leaves everything as it is. */
  stop(): void {
    this.#stopping.abort();
    clearTimeout(this.#timer?.handle);
  }
}
