import type { Client, EventRecorder, InformerFactory } from '@windlass/client';
import { isConflict, isNotFound } from '@windlass/client';
import { counter, type Logger, secondsHistogram, traced } from '@windlass/platform';
import type { Namespace, Node, Pod } from '@windlass/resources';
import { ClusterBooks } from './cluster-books.ts';
import { isFinished, nodeFacts, podFacts } from './facts.ts';
import { PendingPods } from './pending.ts';
import { type Placement, placeWave } from './place/place.ts';

const core = (resource: string, kind: string, namespaced = true) => ({ group: '', version: 'v1', resource, namespaced, kind });
const WAVE = 100;

const attempts = counter('scheduler_schedule_attempts_total', 'Attempts to schedule a pod by result');
const waveTime = secondsHistogram('scheduler_wave_duration_seconds', 'Time from taking a wave of pods to its last binding');

export interface SchedulerParts {
  client: Client;
  informers: InformerFactory;
  events: EventRecorder;
  schedulerName: string;
  logger: Logger;
  /** Hands due pods to the queue, which calls {@link Scheduler.handleWave}. */
  offer(uids: string[]): void;
}

/** Follows pods and nodes, offers pods without a node in waves, and binds what a wave placed. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #books = new ClusterBooks();
  readonly #pending = new PendingPods<Pod>();
  readonly #namespaces = new Map<string, Readonly<Record<string, string>>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    const { informers } = parts;
    informers.informer<Node>(core('nodes', 'Node', false)).addHandler({
      add: (node) => this.#onNode(node),
      update: (_, node) => this.#onNode(node),
      delete: (node) => this.#books.removeNode(node.metadata.name!),
    });
    informers.informer<Pod>(core('pods', 'Pod')).addHandler({
      add: (pod) => this.#onPod(pod),
      update: (old, pod) => this.#onPod(pod, old),
      delete: (pod) => this.#onGone(pod),
    });
    informers.informer<Namespace>(core('namespaces', 'Namespace', false)).addHandler({
      add: (namespace) => this.#namespaces.set(namespace.metadata.name!, namespace.metadata.labels ?? {}),
      update: (_, namespace) => this.#namespaces.set(namespace.metadata.name!, namespace.metadata.labels ?? {}),
      delete: (namespace) => this.#namespaces.delete(namespace.metadata.name!),
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #onNode(node: Node): void {
    this.#books.setNode(nodeFacts(node));
    this.#wake();
  }

  #onPod(pod: Pod, old?: Pod): void {
    const uid = pod.metadata.uid!;
    if (isFinished(pod)) {
      this.#onGone(pod);
      return;
    }
    if (pod.spec.nodeName) {
      this.#pending.remove(uid);
      this.#books.setPod(podFacts(pod), pod.spec.nodeName);
      return;
    }
    const ours = (pod.spec.schedulerName ?? 'default-scheduler') === this.#parts.schedulerName;
    if (!ours || pod.metadata.deletionTimestamp || pod.spec.schedulingGates?.length) {
      this.#pending.remove(uid);
      return;
    }
    if (this.#books.isPlaced(uid)) return;
    const changed = old !== undefined && JSON.stringify(old.spec) !== JSON.stringify(pod.spec);
    this.#pending.upsert(uid, pod, Date.now(), changed);
    this.#plan();
  }

  #onGone(pod: Pod): void {
    this.#pending.remove(pod.metadata.uid!);
    if (this.#books.removePod(pod.metadata.uid!)) this.#wake();
  }

  #wake(): void {
    this.#pending.wake();
    this.#plan();
  }

  /** Offers what is due now, and comes back when the next pod is due. Pods that arrive in one turn of the event loop share a wave. */
  #plan(): void {
    clearTimeout(this.#timer);
    const next = this.#pending.nextDue();
    if (this.#stopped || next === undefined) return;
    this.#timer = setTimeout(
      () => {
        for (let uids = this.#pending.take(Date.now(), WAVE); uids.length > 0; uids = this.#pending.take(Date.now(), WAVE))
          this.#parts.offer(uids);
        this.#plan();
      },
      Math.max(1, next - Date.now()),
    );
  }

  /** Places and binds the pods of a wave that still wait; the others were handled or are gone. */
  async handleWave(uids: readonly string[]): Promise<void> {
    const startedAt = performance.now();
    await traced('schedule wave', { pods: uids.length }, () => this.#place(uids));
    waveTime((performance.now() - startedAt) / 1000);
  }

  async #place(uids: readonly string[]): Promise<void> {
    const pods = uids
      .map((uid) => this.#pending.get(uid))
      .filter((pod): pod is Pod => pod !== undefined && !this.#books.isPlaced(pod.metadata.uid!));
    const byUid = new Map(pods.map((pod) => [pod.metadata.uid!, pod]));
    const placements = placeWave(pods.map(podFacts), this.#books.nodes(), this.#namespaces);
    for (const { pod, node } of placements) if (node !== undefined) this.#books.assumed(pod.uid, node);
    await Promise.all(placements.map((placement) => this.#settle(byUid.get(placement.pod.uid)!, placement)));
    this.#plan();
  }

  async #settle(pod: Pod, placement: Placement): Promise<void> {
    const { events, logger } = this.#parts;
    const { name, namespace, uid } = pod.metadata;
    if (placement.node === undefined) {
      this.#pending.failed(uid!, Date.now());
      attempts(1, { result: 'unschedulable' });
      events.event(pod, 'Warning', 'FailedScheduling', placement.message);
      await this.#markUnschedulable(pod, placement.message).catch((err) =>
        logger.debug({ err, pod: `${namespace}/${name}` }, 'condition not written'),
      );
      return;
    }
    try {
      await this.#bind(pod, placement.node);
      this.#pending.remove(uid!);
      attempts(1, { result: 'scheduled' });
      events.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${placement.node}`);
    } catch (err) {
      this.#books.removePod(uid!);
      this.#pending.retry(uid!, Date.now());
      attempts(1, { result: 'error' });
      if (isNotFound(err) || isConflict(err)) return;
      logger.warn({ err, pod: `${namespace}/${name}` }, 'binding failed');
      events.event(pod, 'Warning', 'FailedScheduling', `binding rejected: ${(err as Error).message}`);
    }
  }

  #bind(pod: Pod, node: string): Promise<unknown> {
    const { name, namespace, uid } = pod.metadata;
    return this.#parts.client.resource<Pod>(core('pods', 'Pod')).subresource({ name, namespace }, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    });
  }

  async #markUnschedulable(pod: Pod, message: string): Promise<void> {
    const old = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
    if (old?.status === 'False' && old.reason === 'Unschedulable' && old.message === message) return;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      observedGeneration: pod.metadata.generation,
    };
    await this.#parts.client
      .resource<Pod>(core('pods', 'Pod'))
      .patch(pod.metadata, { status: { conditions: [condition] } }, { type: 'strategic', subresource: 'status' });
  }
}
