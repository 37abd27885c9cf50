import { isDeepStrictEqual } from 'node:util';
import type { Informer } from '@windlass/client';
import type { Pod } from '@windlass/resources';
import type { Eviction } from '../eviction/eviction-manager.ts';
import type { HostPort } from '../network/index.ts';
import { ANNOTATION, LABEL } from '../pod/names.ts';
import type { NodeContext } from '../pod/node-context.ts';
import { PodWorker } from '../pod/pod-worker.ts';
import { removeRecords } from '../pod/remove-pod.ts';
import { byResizeUrgency } from '../pod/resize.ts';
import { isMirror } from '../static/manifest.ts';
import type { MirrorPods } from '../static/mirror-pods.ts';
import { hostPorts } from './host-ports.ts';

/** One worker per pod of the node: those that the API server assigns to it, and those that only the runtime still knows. */
export class PodManager {
  readonly #ctx: NodeContext;
  readonly #informer: Informer<Pod>;
  readonly #workers = new Map<string, PodWorker>();
  readonly #setHostPorts: (ports: HostPort[]) => void;
  #hostPorts: HostPort[] = [];
  #synced = false;
  readonly #mirrors: MirrorPods;
  #static: ReadonlyMap<string, Pod> = new Map();

  constructor(ctx: NodeContext, informer: Informer<Pod>, mirrors: MirrorPods, setHostPorts: (ports: HostPort[]) => void) {
    this.#ctx = ctx;
    this.#informer = informer;
    this.#mirrors = mirrors;
    this.#setHostPorts = setHostPorts;
  }

  /** Call when the runtime was listed once. */
  async start(): Promise<void> {
    this.#informer.addHandler({
      add: (pod) => (isMirror(pod) ? this.#mirrored(pod) : this.#assigned(pod)),
      update: (_, pod) => (isMirror(pod) ? this.#mirrored(pod) : this.#assigned(pod)),
      delete: (pod) => (isMirror(pod) ? this.#unmirrored(pod) : this.#workers.get(pod.metadata.uid!)?.remove(pod)),
    });
    await this.#informer.synced();
    this.#synced = true;
    for (const worker of this.#workers.values()) worker.wake();
    for (const uid of this.#ctx.cache.uids()) this.changed(uid);
  }

  #mirrored(pod: Pod): void {
    this.#ctx.status.seen(pod);
    this.#mirrors.seen(pod);
  }
  #unmirrored(pod: Pod): void {
    this.#ctx.status.forget(pod.metadata.uid!);
    this.#mirrors.gone(pod);
  }

  /** Static pods that shall run; others of the kind end. */
  setStatic(pods: readonly Pod[]): void {
    this.#static = new Map(pods.map((pod) => [pod.metadata.uid!, pod]));
    for (const worker of this.#workers.values()) if (worker.isStatic && !this.#static.has(worker.uid)) worker.remove();
    this.#startStatic();
    this.#mirrors.changed();
  }

  #startStatic(): void {
    for (const [uid, pod] of this.#static) {
      const { namespace, name } = pod.metadata;
      // What had the name before ends first.
      if (this.#workers.has(uid) || this.#staticNamed(namespace!, name!)) continue;
      const worker = new PodWorker(this.#ctx, pod, this.#gone);
      this.#workers.set(uid, worker);
      worker.wake();
    }
  }
  #staticNamed = (namespace: string, name: string): PodWorker | undefined =>
    [...this.#workers.values()].find(
      ({ isStatic, pod: { metadata } }) => isStatic && metadata.namespace === namespace && metadata.name === name,
    );

  /** Static pods that shall run. */
  get staticPods(): Pod[] {
    return [...this.#static.values()];
  }

  #assigned(pod: Pod): void {
    const uid = pod.metadata.uid!;
    const worker = this.#workers.get(uid);
    if (worker) {
      worker.update(pod);
      return;
    }
    const created = new PodWorker(this.#ctx, pod, this.#gone);
    this.#workers.set(uid, created);
    // What the node has granted already must be known before it takes another pod.
    if (this.#synced) created.wake();
  }

  /** The runtime's side of a pod has changed. */
  changed(uid: string): void {
    const worker = this.#workers.get(uid);
    if (worker) worker.wake();
    else if (this.#synced) this.#adoptOrphan(uid);
  }

  /** Runs here, yet the API server does not have it (any more): it ends as if it had been deleted. */
  #adoptOrphan(uid: string): void {
    const observed = this.#ctx.cache.get(uid);
    const sandbox = observed?.sandboxes[0];
    const labels = sandbox?.labels ?? observed?.containers[0]?.labels;
    if (!observed || !labels) return;
    const grace = observed.containers[0]?.annotations[ANNOTATION.podTerminationGracePeriod];
    const names = new Set(observed.containers.map(({ metadata }) => metadata.name));
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: labels[LABEL.podName], namespace: labels[LABEL.podNamespace], uid },
      spec: {
        containers: [...names].map((name) => ({ name })),
        terminationGracePeriodSeconds: grace === undefined ? undefined : Number(grace),
      },
    };
    this.#ctx.logger.info(
      { pod: pod.metadata.name, namespace: pod.metadata.namespace, uid },
      'removing a pod that is not ours any more',
    );
    const worker = new PodWorker(this.#ctx, pod, this.#gone, true);
    this.#workers.set(uid, worker);
    worker.wake();
  }

  readonly #gone = ({ uid }: PodWorker): void => {
    this.#workers.delete(uid);
    this.#startStatic();
    this.statusChanged();
    this.retryResizes();
  };

  /** Pods' addresses may have changed. */
  statusChanged(): void {
    const ports = hostPorts(this.pods());
    if (isDeepStrictEqual(ports, this.#hostPorts)) return;
    this.#hostPorts = ports;
    this.#setHostPorts(ports);
  }

  others(uid: string): Pod[] {
    return [...this.#workers.values()].filter((worker) => worker.uid !== uid && worker.isActive).map(({ granted }) => granted);
  }

  /** Pods that use resources, as granted. */
  active(): Pod[] {
    return this.others('');
  }

  async evict({ metadata }: Pod, eviction: Eviction): Promise<void> {
    await this.#workers.get(metadata.uid!)?.evict(eviction);
  }

  /** Removes what the runtime still holds of pods that have ended. */
  async removeEnded(): Promise<void> {
    for (const worker of this.#workers.values()) if (worker.isOver) await removeRecords(this.#ctx, worker.uid);
  }

  /** Looks at resizes that wait for room again. */
  retryResizes(): void {
    const pending = [...this.#workers.values()].filter(({ isResizePending }) => isResizePending);
    for (const worker of pending.sort((a, b) => byResizeUrgency(a.pod, b.pod))) worker.wake();
  }

  pods(): Pod[] {
    return [...this.#workers.values()].map(({ pod }) => pod);
  }
  byUid(uid: string): Pod | undefined {
    return this.#workers.get(uid)?.pod;
  }
  /** Of several of that name (one ends, one begins) the newest. */
  byName(namespace: string, name: string): Pod | undefined {
    const fixed = this.#staticNamed(namespace, name);
    if (fixed) return fixed.pod;
    const assigned = this.#informer.store.get(`${namespace}/${name}`);
    const worker = assigned && this.#workers.get(assigned.metadata.uid!);
    return worker?.pod ?? assigned;
  }

  /** Whether something is to be kept for a pod. */
  has(uid: string): boolean {
    return this.#workers.has(uid);
  }

  /** Leaves the pods as they are. */
  stop(): void {
    for (const worker of this.#workers.values()) worker.stop();
  }
}
