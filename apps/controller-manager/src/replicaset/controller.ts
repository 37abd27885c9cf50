import { type Controller, controller, Expectations, watch } from '@windlass/controller';
import { matchesSelector } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import { byControllerOrOrphan, claim, controllerOf } from '../shared/claim.ts';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { watchOwnedPods } from '../shared/owned-pods.ts';
import { createPods, deletePods, type PodControlParts } from '../shared/pod-control.ts';
import { podFromTemplate } from '../shared/pod-template.ts';
import { availableInMs, isPodActive, isPodTerminating } from '../shared/pods.ts';
import { refs } from '../shared/refs.ts';
import type { ReplicaKind, ReplicaOwner } from './kinds.ts';
import { deletionOrder } from './ranking.ts';
import { type ManageFailure, replicaStatus } from './status.ts';

const BURST = 500;
/** Status changes of many pods within this time make one write. */
const COALESCE_MS = 30;

/** Keeps as many pods as `spec.replicas` says: one implementation for ReplicaSet and ReplicationController. */
export function replicaController(context: ControllerContext, kind: ReplicaKind): Controller {
  const { client, informers, logger, now } = context;
  const owners = informers.informer<ReplicaOwner>(kind.ref, { indexers: { controller: byControllerOrOrphan } });
  const pods = informers.informer<Pod>(refs.pods, { indexers: { controller: byControllerOrOrphan } });
  const ownerClient = client.resource<ReplicaOwner>(kind.ref);
  const podClient = client.resource<Pod>(refs.pods);
  const expectations = new Expectations();
  const control: PodControlParts = { pods: podClient, recorder: context.recorder(kind.component), expectations };

  const podWatch = watchOwnedPods<ReplicaOwner>({
    pods,
    owners,
    kind: kind.ref.kind,
    selector: kind.selector,
    expectations,
    later: (key) => self.queue.addAfter(key, COALESCE_MS),
  });

  const create = (key: string, owner: ReplicaOwner, missing: number): Promise<unknown> => {
    expectations.expect(key, missing);
    const template = owner.spec.template ?? { metadata: {} };
    return createPods(
      control,
      key,
      owner,
      Array.from({ length: missing }, () => podFromTemplate(template, owner)),
    );
  };

  const remove = (key: string, owner: ReplicaOwner, active: Pod[], surplus: number): Promise<unknown> => {
    const parent = controllerOf(owner);
    const siblings = parent ? owners.store.byIndex('controller', parent.uid) : [owner];
    const related = siblings.flatMap((set) => pods.store.byIndex('controller', set.metadata.uid as string)).filter(isPodActive);
    const doomed = surplus < active.length ? deletionOrder(active, related, now().getTime()).slice(0, surplus) : active;
    const uids = doomed.map((pod) => pod.metadata.uid as string);
    expectations.expect(key, 0, uids);
    return deletePods(control, key, owner, doomed);
  };

  const reconcile = async (key: string) => {
    const owner = owners.store.get(key);
    if (!owner) return expectations.forget(key);
    const settled = expectations.satisfied(key);
    const selector = kind.selector(owner);
    const uid = owner.metadata.uid as string;
    const candidates = [
      ...pods.store.byIndex('controller', uid),
      ...pods.store.byIndex('controller', `orphan:${owner.metadata.namespace}`),
    ];
    const claimed = await claim<Pod>({
      owner,
      candidates: candidates.filter((pod) => isPodActive(pod)),
      matches: (pod) => matchesSelector(selector, pod.metadata.labels),
      objects: podClient,
      freshOwner: () => ownerClient.get(owner.metadata),
    });
    const diff = claimed.length - (owner.spec.replicas ?? 1);
    let error: unknown;
    if (settled && !owner.metadata.deletionTimestamp && diff !== 0) {
      error =
        diff < 0 ? await create(key, owner, Math.min(-diff, BURST)) : await remove(key, owner, claimed, Math.min(diff, BURST));
    }
    const failure: ManageFailure | undefined = error
      ? { reason: diff < 0 ? 'FailedCreate' : 'FailedDelete', message: (error as Error).message }
      : undefined;
    const terminating = kind.countsTerminating
      ? candidates.filter((p) => controllerOf(p) && isPodTerminating(p)).length
      : undefined;
    const time = now();
    const status = replicaStatus(owner, claimed, terminating, failure, time.getTime(), timestamp(time));
    // While pods are on their way through the cache, the status would change again at once.
    const inFlight = !expectations.satisfied(key) && owner.status?.observedGeneration === owner.metadata.generation && !error;
    if (!inFlight && !semanticEqual(owner.status, status)) await ownerClient.updateStatus({ ...owner, status });
    if (error) throw error;
    const waits = claimed
      .map((pod) => availableInMs(pod, owner.spec.minReadySeconds ?? 0, time.getTime()) ?? 0)
      .filter((ms) => ms > 0);
    return waits.length > 0 ? { requeueAfterMs: Math.min(...waits) + 50 } : undefined;
  };

  const self: Controller = controller({
    name: kind.controllerName,
    workers: 5,
    watches: [watch(owners), podWatch],
    reconcile: async (key) => (await reconcile(key)) ?? undefined,
    logger,
  });
  return self;
}
