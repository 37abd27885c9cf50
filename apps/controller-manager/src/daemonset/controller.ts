import { keyOf } from '@windlass/client';
import { type Controller, controller, Expectations, owns, watch } from '@windlass/controller';
import { isEmptySelector, matchesSelector } from '@windlass/meta';
import type { ControllerRevision, Node, Pod } from '@windlass/resources';
import { type HistoryParts, keepHistory, revisionIndexers, truncateHistory } from '../history/keep-history.ts';
import { hashOf } from '../history/revisions.ts';
import { Backoff } from '../shared/backoff.ts';
import { byControllerOrOrphan, claim } from '../shared/claim.ts';
import type { ControllerContext } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { watchOwnedPods } from '../shared/owned-pods.ts';
import { createPods, deletePods, type PodControlParts } from '../shared/pod-control.ts';
import { availableInMs } from '../shared/pods.ts';
import { refs } from '../shared/refs.ts';
import { placementOf } from './placement.ts';
import { isUpdated, planPresence, planUpdate, type Situation } from './plan.ts';
import { daemonPod, type OwnedDaemonSet } from './pod.ts';
import { daemonSetStatus } from './status.ts';

const BURST = 250;
const COALESCE_MS = 30;

/** Keeps one pod on every node that is to have one. */
export function daemonSetController(context: ControllerContext): Controller {
  const { client, informers, logger, now } = context;
  const sets = informers.informer<OwnedDaemonSet>(refs.daemonSets);
  const nodes = informers.informer<Node>(refs.nodes);
  const pods = informers.informer<Pod>(refs.pods, { indexers: { controller: byControllerOrOrphan } });
  const revisions = informers.informer<ControllerRevision>(refs.controllerRevisions, { indexers: revisionIndexers });
  const setClient = client.resource<OwnedDaemonSet>(refs.daemonSets);
  const podClient = client.resource<Pod>(refs.pods);
  const revisionClient = client.resource<ControllerRevision>(refs.controllerRevisions);
  const history: HistoryParts<OwnedDaemonSet> = { revisions, revisionClient, ownerClient: setClient };
  const recorder = context.recorder('daemonset-controller');
  const expectations = new Expectations();
  const control: PodControlParts = { pods: podClient, recorder, expectations };
  const failures = new Backoff(1000, 15 * 60_000);

  /** Ended pods whose node may have a new one now. @returns the wait for the others */
  const dueEnded = (set: OwnedDaemonSet, ended: readonly { pod: Pod; node: string }[]) => {
    const due: Pod[] = [];
    let waitMs: number | undefined;
    for (const { pod, node } of ended) {
      const where = `daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`;
      if (pod.status?.phase === 'Succeeded') {
        recorder.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded ${where}, will try to delete it`);
        due.push(pod);
        continue;
      }
      const id = `${set.metadata.uid}/${node}`;
      const wait = failures.waitMs(id, now().getTime());
      if (wait > 0) waitMs = Math.min(waitMs ?? wait, wait);
      else {
        failures.next(id, now().getTime());
        recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed ${where}, will try to kill it`);
        due.push(pod);
      }
    }
    return { due, waitMs };
  };

  const apply = async (key: string, set: OwnedDaemonSet, create: readonly string[], remove: readonly Pod[], hash: string) => {
    const doomed = remove.slice(0, BURST);
    const wanted = create.slice(0, BURST).map((node) => daemonPod(set, node, hash));
    if (doomed.length + wanted.length === 0) return;
    expectations.expect(
      key,
      wanted.length,
      doomed.map(({ metadata }) => metadata.uid as string),
    );
    const errors = await Promise.all([createPods(control, key, set, wanted), deletePods(control, key, set, doomed)]);
    const error = errors.find((e) => e !== undefined);
    if (error) throw error;
  };

  const reconcile = async (key: string) => {
    const set = sets.store.get(key);
    if (!set) return expectations.forget(key);
    if (isEmptySelector(set.spec.selector)) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      return recorder.event(set, 'Warning', 'SelectingAll', message);
    }
    const { sorted, update, collisionCount } = await keepHistory(history, set);
    const claimed = await claim<Pod>({
      owner: set,
      candidates: [
        ...pods.store.byIndex('controller', set.metadata.uid as string),
        ...pods.store.byIndex('controller', `orphan:${set.metadata.namespace}`),
      ],
      matches: (pod) => matchesSelector(set.spec.selector, pod.metadata.labels),
      objects: podClient,
      freshOwner: () => setClient.get(set.metadata),
    });
    const hash = hashOf(update);
    const situation: Situation = { set, nodes: nodes.store.list(), pods: claimed, hash, now: now().getTime() };
    let failure: unknown;
    let waitMs: number | undefined;
    if (!set.metadata.deletionTimestamp && expectations.satisfied(key)) {
      try {
        const presence = planPresence(situation);
        const ended = dueEnded(set, presence.ended);
        waitMs = ended.waitMs;
        await apply(key, set, presence.create, [...presence.remove, ...ended.due], hash);
        const settled = presence.create.length + presence.remove.length + ended.due.length === 0;
        if (settled && set.spec.updateStrategy?.type !== 'OnDelete') {
          const { create, remove } = planUpdate(situation);
          await apply(key, set, create, remove, hash);
        }
      } catch (error) {
        failure = error;
      }
    }
    const status = daemonSetStatus(situation, collisionCount);
    if (!semanticEqual(set.status, status)) await setClient.updateStatus({ ...set, status });
    if (failure) throw failure;
    await truncateHistory(history, set, sorted, (r) => r === update || claimed.some((pod) => isUpdated(pod, hashOf(r))));
    const waits = claimed.map((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, now().getTime()) ?? 0);
    const all = [...waits, waitMs ?? 0].filter((ms) => ms > 0);
    return all.length > 0 ? { requeueAfterMs: Math.min(...all) + 50 } : undefined;
  };

  const self: Controller = controller({
    name: 'daemonset',
    workers: 2,
    logger,
    watches: [
      watch(sets),
      owns(revisions, 'DaemonSet'),
      watch<Node>(nodes, (node, { old, deleted }) => {
        const of = (set: OwnedDaemonSet, at: Node) => JSON.stringify(placementOf(set, at));
        const isTouched = (set: OwnedDaemonSet) => !old || deleted || of(set, old) !== of(set, node);
        return sets.store.list().filter(isTouched).map(keyOf);
      }),
      watchOwnedPods<OwnedDaemonSet>({
        pods,
        owners: sets,
        kind: 'DaemonSet',
        selector: (set) => set.spec.selector,
        expectations,
        later: (key) => self.queue.addAfter(key, COALESCE_MS),
      }),
    ],
    reconcile: async (key) => (await reconcile(key)) ?? undefined,
  });
  return self;
}
