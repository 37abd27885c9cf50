import { mkdir } from 'node:fs/promises';
import type { Container, Pod } from '@windlass/resources';
import { runtimeErrorText } from '../runtime/runtime-error.ts';
import { actuate, type ContainerChange } from './actuate.ts';
import {
  type Allocation,
  allocationOf,
  isResizable,
  readAllocation,
  wantsResize,
  withAllocation,
  writeAllocation,
} from './allocation.ts';
import { resizeProblem } from './fit.ts';
import type { NodeContext } from './node-context.ts';
import { isRunning, newestOf, type ObservedPod } from './observed.ts';
import { changedResources, needsRestart, type ResizeState, resizeMessage, resizeStateOf } from './resize.ts';
import { containerResources } from './resources.ts';

/** A container that must be restarted to get its new resources. */
export interface ResizeRestart {
  container: Container;
  id: string;
}

/** In-place resize of one pod (KEP-1287): what was granted, whether more can be, and bringing it to what runs. */
export class PodResize {
  readonly #ctx: NodeContext;
  readonly #uid: string;
  readonly #file: string;
  #allocation: Allocation | undefined;
  #state: ResizeState;

  constructor(ctx: NodeContext, pod: Pod) {
    this.#ctx = ctx;
    this.#uid = pod.metadata.uid!;
    this.#file = ctx.paths.allocation(this.#uid);
    this.#allocation = readAllocation(this.#file);
    this.#state = resizeStateOf(pod);
  }

  get state(): ResizeState {
    return this.#state;
  }
  /** Whether the node has taken the pod. */
  get isAdmitted(): boolean {
    return this.#allocation !== undefined;
  }

  /** The pod with the resources that it was granted. */
  granted = (pod: Pod): Pod => (this.#allocation ? withAllocation(pod, this.#allocation) : pod);

  /** Grants a pod what it asks for, in memory; {@link decide} makes it lasting. */
  admit(pod: Pod): void {
    this.#allocation = allocationOf(pod);
  }

  /** Grants what the pod asks for when the node has it, and tells why when it has not. */
  async decide(pod: Pod): Promise<void> {
    const { generation } = pod.metadata;
    const granted = this.#allocation!;
    if (!wantsResize(pod, granted)) {
      this.#state = { inProgress: this.#state.inProgress };
      if (readAllocation(this.#file) === undefined) await this.#save();
      return;
    }
    const problem = resizeProblem(pod, this.#ctx.others(this.#uid), this.#ctx.allocatable);
    if (!problem) {
      this.#allocation = allocationOf(pod);
      await this.#save();
      this.#state = { inProgress: { generation } };
      this.#tell(pod, 'Normal', 'ResizeStarted', resizeMessage('Pod resize started', pod, generation));
      this.#ctx.resourcesFreed();
      return;
    }
    const { pending } = this.#state;
    if (pending?.reason === problem.reason && pending.message === problem.message && pending.generation === generation) return;
    this.#state = { ...this.#state, pending: { ...problem, generation } };
    const text = resizeMessage(`Pod resize ${problem.reason}`, pod, generation, problem.message);
    this.#tell(pod, 'Warning', `Resize${problem.reason}`, text);
  }

  async #save(): Promise<void> {
    await mkdir(this.#ctx.paths.pod(this.#uid), { recursive: true, mode: 0o750 });
    await writeAllocation(this.#file, this.#allocation!);
  }

  readonly #tell = (pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void =>
    this.#ctx.event(pod, undefined, type, reason, message);

  /**
   * Gives running containers the limits that were granted. @param pod as granted
   * @returns those that have to be restarted for it, and whether limits of others were changed (or could not be: the state has the error)
   */
  async apply(pod: Pod, observed: ObservedPod): Promise<{ restart: ResizeRestart[]; changed: boolean }> {
    const changes = this.#changes(pod, observed);
    if (changes.length === 0) {
      await this.#complete(pod);
      return { restart: [], changed: false };
    }
    this.#state = { ...this.#state, inProgress: this.#state.inProgress ?? { generation: pod.metadata.generation } };
    const restart = changes.filter(({ container, changed }) => needsRestart(container, changed));
    const update = changes.filter((each) => !restart.includes(each));
    try {
      await actuate(this.#ctx, pod, update, restart.length > 0);
      this.#state = { ...this.#state, inProgress: { generation: this.#state.inProgress!.generation } };
    } catch (error) {
      this.#failed(pod, runtimeErrorText(error));
    }
    return { restart, changed: update.length > 0 };
  }

  #changes(pod: Pod, observed: ObservedPod): ContainerChange[] {
    return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap((container) => {
      const running = newestOf(observed, container.name);
      if (!running || !isRunning(running) || !isResizable(pod, container)) return [];
      const desired = containerResources(pod, container, this.#ctx.memoryCapacity);
      const changed = changedResources(desired, running.limits);
      return changed.length > 0 ? [{ container, id: running.id, desired, changed, applied: running.limits! }] : [];
    });
  }

  async #complete(pod: Pod): Promise<void> {
    const { inProgress } = this.#state;
    if (!inProgress) return;
    try {
      await actuate(this.#ctx, pod, [], false);
    } catch (error) {
      this.#failed(pod, runtimeErrorText(error));
      return;
    }
    this.#state = { pending: this.#state.pending };
    this.#tell(pod, 'Normal', 'ResizeCompleted', resizeMessage('Pod resize completed', pod, inProgress.generation));
  }

  #failed(pod: Pod, error: string): void {
    const { generation, error: before } = this.#state.inProgress!;
    this.#state = { ...this.#state, inProgress: { generation, error } };
    if (error !== before) this.#tell(pod, 'Warning', 'ResizeError', resizeMessage('Pod resize error', pod, generation, error));
  }
}
