import { isDeepStrictEqual } from 'node:util';
import type { Client, EventRecorder, Informer, InformerFactory } from '@windlass/client';
import { isConflict, isNotFound, keyOf } from '@windlass/client';
import { counter, type Logger, secondsHistogram, traced } from '@windlass/platform';
import {
  type Namespace,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type PodDisruptionBudget,
  type StorageClass,
  storageClassOf,
} from '@windlass/resources';
import { BIND_TIMEOUT_MS, boundClaims, VolumeBindingError, writePlan } from './bind-volumes.ts';
import { ClusterBooks } from './cluster-books.ts';
import { markUnschedulable } from './conditions.ts';
import { evict } from './evict.ts';
import { isFinished, nodeFacts, podFacts } from './facts.ts';
import { PendingPods } from './pending.ts';
import { type Placed, type Placement, placeWave, type Unplaced } from './place/place.ts';
import type { Budget, PodFacts } from './place/types.ts';
import { BUDGETS, CLAIMS, NAMESPACES, NODES, PODS, STORAGE_CLASSES, VOLUMES } from './resources.ts';
import { VolumeBooks } from './volume-books.ts';

const WAVE = 100;

const attempts = counter('scheduler_schedule_attempts_total', 'Attempts to schedule a pod by result');
const waveTime = secondsHistogram('scheduler_wave_duration_seconds', 'Time from taking a wave of pods to its last binding');
const preemptions = counter('scheduler_preemption_victims', 'Pods that were ended to make room');

export interface SchedulerParts {
  client: Client;
  informers: InformerFactory;
  events: EventRecorder;
  schedulerName: string;
  logger: Logger;
  /** Hands due pods to the queue, which calls {@link Scheduler.handleWave}. */
  offer(uids: string[]): void;
}

const usesClaims = ({ spec }: Pod): boolean =>
  spec.volumes?.some(({ persistentVolumeClaim, ephemeral }) => persistentVolumeClaim ?? ephemeral) ?? false;

/** Another pod's coming may help it. */
const looksAtPods = ({ spec }: Pod): boolean =>
  spec.affinity?.podAffinity !== undefined || (spec.topologySpreadConstraints?.length ?? 0) > 0;

const budgetOf = ({ metadata, spec, status }: PodDisruptionBudget): Budget => ({
  namespace: metadata.namespace!,
  selector: spec?.selector,
  allowed: status?.disruptionsAllowed ?? 0,
  disrupted: new Set(Object.keys(status?.disruptedPods ?? {})),
});

/** Follows pods, nodes and volumes, offers pods without a node in waves, and binds what a wave placed. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #books = new ClusterBooks();
  readonly #volumes: VolumeBooks;
  readonly #pending = new PendingPods<Pod>();
  readonly #namespaces = new Map<string, Readonly<Record<string, string>>>();
  readonly #pods: Informer<Pod>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #budgets: Informer<PodDisruptionBudget>;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    const { informers } = parts;
    informers.informer<Node>(NODES).addHandler({
      add: (node) => this.#onNode(node),
      update: (_, node) => this.#onNode(node),
      delete: (node) => this.#books.removeNode(node.metadata.name!),
    });
    this.#pods = informers.informer<Pod>(PODS);
    this.#pods.addHandler({
      add: (pod) => this.#onPod(pod),
      update: (old, pod) => this.#onPod(pod, old),
      delete: (pod) => this.#onGone(pod),
    });
    const setNamespace = ({ metadata }: Namespace) => {
      this.#namespaces.set(metadata.name!, metadata.labels ?? {});
      this.#wake(looksAtPods);
    };
    informers.informer<Namespace>(NAMESPACES).addHandler({
      add: setNamespace,
      update: (_, namespace) => setNamespace(namespace),
      delete: (namespace) => this.#namespaces.delete(namespace.metadata.name!),
    });
    this.#claims = informers.informer<PersistentVolumeClaim>(CLAIMS);
    const volumes = informers.informer<PersistentVolume>(VOLUMES, { indexers: { class: (volume) => [storageClassOf(volume)] } });
    const classes = informers.informer<StorageClass>(STORAGE_CLASSES);
    this.#budgets = informers.informer<PodDisruptionBudget>(BUDGETS);
    const changed = () => this.#wake(usesClaims);
    for (const informer of [this.#claims, volumes, classes])
      (informer as Informer<PersistentVolume>).addHandler({ add: changed, update: changed, delete: changed });
    this.#volumes = new VolumeBooks({
      claim: (key) => this.#claims.store.get(key),
      volume: (name) => volumes.store.get(name),
      volumes: (className) => volumes.store.byIndex('class', className),
      storageClass: (name) => classes.store.get(name),
    });
  }

  stop(): void {
    this.#stop.abort(new Error('scheduler stopped'));
    clearTimeout(this.#timer);
  }

  #onNode(node: Node): void {
    if (this.#books.setNode(nodeFacts(node))) this.#wake();
  }

  #onPod(pod: Pod, old?: Pod): void {
    const uid = pod.metadata.uid!;
    if (isFinished(pod)) {
      this.#onGone(pod);
      return;
    }
    if (pod.spec.nodeName) {
      this.#pending.remove(uid);
      const isNews = !this.#books.isPlaced(uid) || (old && !isDeepStrictEqual(old.metadata.labels, pod.metadata.labels));
      this.#books.setPod(podFacts(pod), pod.spec.nodeName);
      if (isNews) this.#wake(looksAtPods);
      return;
    }
    const ours = (pod.spec.schedulerName ?? 'default-scheduler') === this.#parts.schedulerName;
    if (!ours || pod.metadata.deletionTimestamp || pod.spec.schedulingGates?.length) {
      this.#pending.remove(uid);
      this.#books.clearNomination(uid);
      return;
    }
    this.#noteNomination(pod, old);
    if (this.#books.isPlaced(uid)) return;
    const changed = old !== undefined && JSON.stringify(old.spec) !== JSON.stringify(pod.spec);
    this.#pending.upsert(uid, pod, Date.now(), changed);
    this.#plan();
  }

  /** An update that knows of no nomination yet does not undo one that was just decided here. */
  #noteNomination(pod: Pod, old: Pod | undefined): void {
    const { nominatedNodeName } = pod.status ?? {};
    if (nominatedNodeName) this.#books.nominate(podFacts(pod), nominatedNodeName);
    else if (old?.status?.nominatedNodeName) this.#books.clearNomination(pod.metadata.uid!);
  }

  #onGone(pod: Pod): void {
    const uid = pod.metadata.uid!;
    this.#pending.remove(uid);
    const wasNominated = this.#books.nominationOf(uid) !== undefined;
    this.#books.clearNomination(uid);
    if (this.#books.removePod(uid) || wasNominated) this.#wake();
  }

  #wake(helps?: (pod: Pod) => boolean): void {
    this.#pending.wake(helps);
    this.#plan();
  }

  /** Offers what is due now, and comes back when the next pod is due. Pods that arrive in one turn of the event loop share a wave. */
  #plan(): void {
    clearTimeout(this.#timer);
    const next = this.#pending.nextDue();
    if (this.#stop.signal.aborted || next === undefined) return;
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

  #factsOf(pod: Pod): PodFacts {
    const facts = podFacts(pod);
    return { ...facts, nominatedNode: this.#books.nominationOf(facts.uid) ?? facts.nominatedNode };
  }

  async #place(uids: readonly string[]): Promise<void> {
    const pods = uids
      .map((uid) => this.#pending.get(uid))
      .filter((pod): pod is Pod => pod !== undefined && !this.#books.isPlaced(pod.metadata.uid!));
    const byUid = new Map(pods.map((pod) => [pod.metadata.uid!, pod]));
    const placements = placeWave(
      pods.map((pod) => this.#factsOf(pod)),
      {
        nodes: this.#books.nodes(),
        namespaces: this.#namespaces,
        volumes: this.#volumes,
        budgets: this.#budgets.store.list().map(budgetOf),
      },
    );
    for (const placement of placements) this.#enter(placement);
    const settled = placements.map((placement) => this.#settle(byUid.get(placement.pod.uid)!, placement));
    // Who waits for volumes holds up nobody.
    await Promise.all(settled.filter((_, i) => placements[i]!.node === undefined || !waits(placements[i]!)));
    if (placements.some(({ node }) => node !== undefined)) this.#wake(looksAtPods);
    else this.#plan();
  }

  #enter(placement: Placement): void {
    if (placement.node !== undefined) this.#books.assumed(placement.pod.uid, placement.node);
    else if (placement.preemption) this.#books.nominate(placement.pod, placement.preemption.on);
    else this.#books.clearNomination(placement.pod.uid);
  }

  #settle(pod: Pod, placement: Placement): Promise<void> {
    return placement.node === undefined ? this.#putOff(pod, placement) : this.#bindPod(pod, placement);
  }

  async #putOff(pod: Pod, { message, preemption }: Unplaced): Promise<void> {
    const { client, events, logger } = this.#parts;
    this.#pending.failed(pod.metadata.uid!, Date.now());
    attempts(1, { result: 'unschedulable' });
    events.event(pod, 'Warning', 'FailedScheduling', message);
    if (preemption) await this.#makeRoom(pod, preemption);
    await markUnschedulable(client, pod, message, preemption?.on ?? '').catch((err) =>
      logger.debug({ err, pod: keyOf(pod) }, 'condition not written'),
    );
  }

  async #makeRoom(pod: Pod, { on, victims }: NonNullable<Unplaced['preemption']>): Promise<void> {
    const { client, events, logger } = this.#parts;
    const evictions = victims.map(async (victim) => {
      const found = this.#pods.store.get(`${victim.namespace}/${victim.name}`);
      if (found?.metadata.uid !== victim.uid) return;
      try {
        await evict(client, events, found, pod, on);
        preemptions(1);
      } catch (err) {
        logger.warn({ err, pod: keyOf(found) }, 'pod is not ended for a more important one');
        this.#books.setPod(podFacts(found), on);
      }
    });
    // Those that counted on this node must look for another one.
    const others = this.#books.nominatedBelow(on, pod.spec.priority ?? 0).map(async (uid) => {
      this.#books.clearNomination(uid);
      const other = this.#pending.get(uid);
      if (!other?.status?.nominatedNodeName) return;
      const patch = { metadata: { uid }, status: { nominatedNodeName: null } };
      await client
        .resource<Pod>(PODS)
        .patch(other.metadata, patch, { subresource: 'status' })
        .catch((err) => logger.debug({ err, pod: keyOf(other) }, 'nomination not cleared'));
    });
    await Promise.all([...evictions, ...others]);
  }

  async #bindPod(pod: Pod, { node, volumes }: Placed): Promise<void> {
    const { client, events, logger } = this.#parts;
    const { name, namespace, uid } = pod.metadata;
    try {
      if (volumes.awaited.length > 0) {
        this.#pending.hold(uid!, Date.now() + BIND_TIMEOUT_MS);
        await writePlan(client, volumes);
        await boundClaims(this.#claims, volumes, this.#stop.signal);
      }
      await this.#bind(pod, node);
      this.#pending.remove(uid!);
      attempts(1, { result: 'scheduled' });
      events.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node}`);
    } catch (err) {
      if (this.#stop.signal.aborted) return;
      this.#books.removePod(uid!);
      this.#pending.retry(uid!, Date.now());
      attempts(1, { result: 'error' });
      if (isNotFound(err) || isConflict(err)) return;
      logger.warn({ err, pod: `${namespace}/${name}` }, 'binding failed');
      const message = err instanceof VolumeBindingError ? err.message : `binding rejected: ${(err as Error).message}`;
      events.event(pod, 'Warning', 'FailedScheduling', message);
    } finally {
      this.#volumes.forget(volumes);
      this.#plan();
    }
  }

  #bind(pod: Pod, node: string): Promise<unknown> {
    const { name, namespace, uid } = pod.metadata;
    return this.#parts.client.resource<Pod>(PODS).subresource({ name, namespace }, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    });
  }
}

const waits = (placement: Placement): boolean => placement.node !== undefined && placement.volumes.awaited.length > 0;
