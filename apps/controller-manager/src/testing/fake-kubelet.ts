import { type Client, type Informer, InformerFactory, isConflict, isNotFound, keyOf } from '@windlass/client';
import type { Pod } from '@windlass/resources';
import { targetNode } from '../daemonset/pod.ts';
import { timestamp } from '../shared/context.ts';
import { isPodFinished } from '../shared/pods.ts';
import { refs } from '../shared/refs.ts';
import { endedStatus, runningStatus } from './pod-status.ts';

export interface FakeKubeletOptions {
  /** Nodes that pods are spread over, in turn. They need not exist as objects. Default `node-a`. */
  nodes?: string[];
  /** Keeps a pod unscheduled. */
  hold?: (pod: Pod) => boolean;
  /** Exit code with which a started pod ends at once; undefined: it goes on. */
  exit?: (pod: Pod) => number | undefined;
  /** false: the pod runs and is not ready. */
  ready?: (pod: Pod) => boolean;
}

export interface FakeKubelet {
  pods: Informer<Pod>;
  /** Ends a pod's containers. */
  finish(pod: Pod, exitCode: number): Promise<void>;
  /** Looks at every pod again, after an option's answer changed. */
  again(): void;
  stop(): void;
}

/** Plays scheduler and kubelets for specs: binds pods, reports them Running and Ready with an address, ends them, and finishes deletions. */
export function startFakeKubelet(client: Client, options: FakeKubeletOptions = {}): FakeKubelet {
  const stop = new AbortController();
  const informers = new InformerFactory(client);
  const informer = informers.informer<Pod>(refs.pods);
  const pods = client.resource<Pod>(refs.pods);
  const nodes = options.nodes ?? ['node-a'];
  let address = 1;
  let turn = 0;
  const report = (pod: Pod, status: Pod['status']) =>
    pods.patch(pod.metadata, { metadata: { uid: pod.metadata.uid }, status }, { subresource: 'status' });
  const finish = async (pod: Pod, exitCode: number) =>
    void (await report(pod, endedStatus(pod, exitCode, timestamp(new Date()))));
  const bind = (pod: Pod) =>
    pods.subresource(pod.metadata, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod.metadata.name },
      target: { kind: 'Node', name: targetNode(pod) ?? nodes[turn++ % nodes.length] },
    });
  const remove = async (pod: Pod) => {
    // What was killed has failed, as kubelets report it; who counts pods relies on it.
    if (!isPodFinished(pod) && pod.spec.restartPolicy !== 'Always') await finish(pod, 137);
    await pods.delete(pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
  };
  const handle = async (pod: Pod): Promise<void> => {
    if (pod.metadata.deletionTimestamp) {
      if (pod.metadata.deletionGracePeriodSeconds !== 0) await remove(pod);
    } else if (!pod.spec.nodeName) {
      if (!options.hold?.(pod)) await bind(pod);
    } else if (!isPodFinished(pod)) {
      const code = options.exit?.(pod);
      if (code !== undefined) return finish(pod, code);
      const ready = options.ready?.(pod) ?? true;
      const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
      if (pod.status?.phase === 'Running' && isReady === ready) return;
      const podIP = pod.status?.podIP ?? `10.1.${address >> 8}.${address++ & 255}`;
      const status = runningStatus(pod, podIP, timestamp(new Date()));
      for (const condition of status.conditions ?? [])
        if (!ready && /^(Containers)?Ready$/.test(condition.type)) condition.status = 'False';
      await report(pod, status);
    }
  };
  const busy = new Map<string, Promise<void>>();
  const safely = (pod: Pod) => {
    const key = keyOf(pod);
    const next = (busy.get(key) ?? Promise.resolve())
      .then(() => (stop.signal.aborted ? undefined : handle(informer.store.get(key) ?? pod)))
      .catch((error) => {
        if (!isNotFound(error) && !isConflict(error) && !stop.signal.aborted) throw error;
      });
    busy.set(key, next);
  };
  informer.addHandler({ add: safely, update: (_, pod) => safely(pod), delete: (pod) => busy.delete(keyOf(pod)) });
  informers.start(stop.signal);
  return {
    pods: informer,
    finish,
    again: () => informer.store.list().forEach(safely),
    stop: () => stop.abort(new Error('fake kubelet stopped')),
  };
}
