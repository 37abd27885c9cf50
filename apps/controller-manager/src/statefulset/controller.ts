import { type Controller, controller, Expectations, owns, watch } from '@windlass/controller';
import { isEmptySelector, matchesSelector } from '@windlass/meta';
import type { ControllerRevision, PersistentVolumeClaim, Pod } from '@windlass/resources';
import { type HistoryParts, keepHistory, revisionIndexers, truncateHistory } from '../history/keep-history.ts';
import { templateOf } from '../history/revisions.ts';
import { byControllerOrOrphan, claim, type Owner } from '../shared/claim.ts';
import type { ControllerContext } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { watchOwnedPods } from '../shared/owned-pods.ts';
import { availableInMs } from '../shared/pods.ts';
import { refs } from '../shared/refs.ts';
import { slowStart } from '../shared/slow-start.ts';
import { createPod, deletePod, ensureClaims, ownClaims, repairPod, type StatefulEffects } from './effects.ts';
import { type OwnedSet, ordinalOf, replicasOf, revisionOf, startOrdinal } from './identity.ts';
import { planStatefulSet, type Step } from './plan.ts';
import { statefulSetStatus } from './status.ts';

const COALESCE_MS = 20;

/** Keeps pods with names, and claims that go with the names. */
export function statefulSetController(context: ControllerContext): Controller {
  const { client, informers, logger, now } = context;
  const sets = informers.informer<OwnedSet>(refs.statefulSets);
  const pods = informers.informer<Pod & Owner>(refs.pods, { indexers: { controller: byControllerOrOrphan } });
  const claims = informers.informer<PersistentVolumeClaim>(refs.persistentVolumeClaims);
  const revisions = informers.informer<ControllerRevision>(refs.controllerRevisions, { indexers: revisionIndexers });
  const setClient = client.resource<OwnedSet>(refs.statefulSets);
  const history: HistoryParts<OwnedSet> = {
    revisions,
    revisionClient: client.resource<ControllerRevision>(refs.controllerRevisions),
    ownerClient: setClient,
  };
  const effects: StatefulEffects = {
    pods: client.resource<Pod>(refs.pods),
    claims: client.resource<PersistentVolumeClaim>(refs.persistentVolumeClaims),
    claimCache: claims,
    recorder: context.recorder('statefulset-controller'),
  };

  const podsOf = (set: OwnedSet) =>
    claim<Pod & Owner>({
      owner: set,
      candidates: [
        ...pods.store.byIndex('controller', set.metadata.uid as string),
        ...pods.store.byIndex('controller', `orphan:${set.metadata.namespace}`),
      ].filter((pod) => ordinalOf(set, pod) !== undefined),
      matches: (pod) => matchesSelector(set.spec.selector, pod.metadata.labels),
      objects: client.resource<Pod & Owner>(refs.pods),
      freshOwner: () => setClient.get(set.metadata),
    });

  const isCondemned = (set: OwnedSet, ordinal: number) =>
    ordinal < startOrdinal(set) || ordinal >= startOrdinal(set) + replicasOf(set);

  /** Claims: missing ones of pending pods, and who owns them; of condemned pods before these go. */
  const seeToClaims = async (set: OwnedSet, own: readonly (Pod & Owner)[]) => {
    if (!set.spec.volumeClaimTemplates?.length) return;
    for (const pod of own) {
      const ordinal = ordinalOf(set, pod) as number;
      if (pod.status?.phase === 'Pending' && !isCondemned(set, ordinal)) await ensureClaims(effects, set, ordinal);
      await ownClaims(effects, set, pod, ordinal);
    }
  };

  const reconcile = async (key: string) => {
    const set = sets.store.get(key);
    if (!set) return;
    if (isEmptySelector(set.spec.selector)) {
      const message = 'This StatefulSet is selecting all pods. A non-empty selector is required.';
      effects.recorder.event(set, 'Warning', 'SelectingAll', message);
      return;
    }
    const { sorted, update, collisionCount } = await keepHistory(history, set);
    const current = sorted.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
    const own = await podsOf(set);
    const names = { current: current.metadata.name as string, update: update.metadata.name as string };
    let failure: unknown;
    if (!set.metadata.deletionTimestamp) {
      const run = async (step: Step): Promise<void> => {
        if (step.do === 'delete') return deletePod(effects, set, step.pod, step.because);
        if (step.do === 'repair') return repairPod(effects, set, step.pod, step.ordinal);
        const revision = step.revision === 'current' ? current : update;
        return createPod(effects, set, templateOf(revision), revision.metadata.name as string, step.ordinal);
      };
      try {
        await seeToClaims(set, own);
        const steps = planStatefulSet(set, own, names, now().getTime());
        let next = 0;
        failure = (await slowStart(steps.length, () => run(steps[next++] as Step))).error;
      } catch (error) {
        failure = error;
      }
    }
    const status = statefulSetStatus(set, own, names, collisionCount, now().getTime());
    if (!semanticEqual(set.status, status)) await setClient.updateStatus({ ...set, status });
    if (failure) throw failure;
    const inUse = ({ metadata }: ControllerRevision) =>
      metadata.name === names.current || metadata.name === names.update || own.some((pod) => revisionOf(pod) === metadata.name);
    await truncateHistory(history, set, sorted, inUse);
    const waits = own
      .map((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, now().getTime()) ?? 0)
      .filter((ms) => ms > 0);
    return waits.length > 0 ? { requeueAfterMs: Math.min(...waits) + 50 } : undefined;
  };

  const self: Controller = controller({
    name: 'statefulset',
    workers: 5,
    logger,
    watches: [
      watch(sets),
      owns(revisions, 'StatefulSet'),
      watch(claims, ({ metadata }, { deleted }) =>
        deleted
          ? sets.store
              .inNamespace(metadata.namespace as string)
              .filter(hasClaims)
              .map(({ metadata: m }) => `${m.namespace}/${m.name}`)
          : [],
      ),
      watchOwnedPods({
        pods,
        owners: sets,
        kind: 'StatefulSet',
        selector: (set) => set.spec.selector,
        expectations: new Expectations(),
        later: (key) => self.queue.addAfter(key, COALESCE_MS),
      }),
    ],
    reconcile: async (key) => (await reconcile(key)) ?? undefined,
  });
  return self;
}

const hasClaims = ({ spec }: OwnedSet): boolean => (spec.volumeClaimTemplates?.length ?? 0) > 0;
