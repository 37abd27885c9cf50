import { type EventRecorder, isAlreadyExists, isNamespaceTerminating, type ResourceClient } from '@windlass/client';
import type { Deployment, Pod, ReplicaSet } from '@windlass/resources';
import { controllerOf, type Owner } from '../shared/claim.ts';
import { semanticEqual } from '../shared/equal.ts';
import { isPodFinished } from '../shared/pods.ts';
import { maxRevision, newSetAnnotations, REVISION, replicasAnnotations, revisionOf } from './annotations.ts';
import { condition, hasDeadline, newCondition, withCondition } from './conditions.ts';
import { findNewSet, makeNewSet, sameTemplate } from './new-set.ts';
import { byAge, isScaling, type Resize, resizeNewSet, scalePlan, shrinkOldSets, sizeOf } from './plan.ts';
import { isComplete } from './status.ts';

/** One reconcile of one deployment: a draft whose annotations and conditions are written once at the end. */
export interface Rollout {
  draft: Deployment & Owner;
  /** All sets, replaced by the server's answer when one is written. */
  sets: ReplicaSet[];
  newSet?: ReplicaSet;
  setClient: ResourceClient<ReplicaSet>;
  recorder: EventRecorder;
  time: string;
}

const oldSets = (rollout: Rollout): ReplicaSet[] =>
  rollout.sets.filter((set) => set.metadata.uid !== rollout.newSet?.metadata.uid);

function setProgressing(rollout: Rollout, status: 'True' | 'False' | 'Unknown', reason: string, message: string): void {
  const { draft, time } = rollout;
  draft.status = { ...draft.status };
  draft.status.conditions = withCondition(draft.status.conditions, newCondition('Progressing', status, reason, message, time));
}

/** Does the next steps of the deployment's strategy. The caller writes the status afterwards. */
export async function advance(rollout: Rollout, pods: (set: ReplicaSet) => readonly Pod[]): Promise<void> {
  const { draft } = rollout;
  notePause(rollout);
  if (draft.spec.paused || isScaling(draft, rollout.sets)) {
    await syncNewSet(rollout, false);
    await resizeAll(rollout, scalePlan(draft, oldSets(rollout), rollout.newSet));
    if (draft.spec.paused) await cleanUp(rollout);
  } else if (draft.spec.strategy?.type === 'Recreate') await recreate(rollout, pods);
  else await roll(rollout);
}

async function roll(rollout: Rollout): Promise<void> {
  await syncNewSet(rollout, true);
  const { draft, newSet } = rollout;
  if (!newSet) return;
  const grow = resizeNewSet(draft, rollout.sets, newSet);
  if (grow) return resizeAll(rollout, [grow]);
  const shrink = shrinkOldSets(draft, oldSets(rollout), newSet);
  if (shrink.length > 0) return resizeAll(rollout, shrink);
  if (isComplete(draft, draft.status)) await cleanUp(rollout);
}

async function recreate(rollout: Rollout, pods: (set: ReplicaSet) => readonly Pod[]): Promise<void> {
  await syncNewSet(rollout, false);
  const old = oldSets(rollout);
  const active = old.filter((set) => sizeOf(set) > 0);
  if (active.length > 0)
    return resizeAll(
      rollout,
      active.map((set) => ({ set, replicas: 0 })),
    );
  if (old.some((set) => pods(set).some((pod) => !isPodFinished(pod)))) return;
  await syncNewSet(rollout, true);
  const { draft, newSet } = rollout;
  if (newSet) await resizeAll(rollout, [{ set: newSet, replicas: draft.spec.replicas ?? 1 }]);
  if (isComplete(draft, draft.status)) await cleanUp(rollout);
}

function notePause(rollout: Rollout): void {
  const { draft } = rollout;
  const current = condition(draft.status, 'Progressing');
  if (!hasDeadline(draft) || current?.reason === 'ProgressDeadlineExceeded') return;
  const noted = current?.reason === 'DeploymentPaused';
  if (draft.spec.paused && !noted) setProgressing(rollout, 'Unknown', 'DeploymentPaused', 'Deployment is paused');
  else if (!draft.spec.paused && noted) setProgressing(rollout, 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
}

/** Finds the set of the present template and brings its annotations up to date, or makes it. */
async function syncNewSet(rollout: Rollout, create: boolean): Promise<void> {
  const { draft } = rollout;
  rollout.newSet = findNewSet(draft, rollout.sets);
  const revision = maxRevision(oldSets(rollout)) + 1;
  if (rollout.newSet) {
    const set = rollout.newSet;
    const annotations = newSetAnnotations(draft, set, revision);
    const minReadySeconds = draft.spec.minReadySeconds;
    if (!semanticEqual(annotations, set.metadata.annotations) || (set.spec.minReadySeconds ?? 0) !== (minReadySeconds ?? 0))
      await write(rollout, { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, minReadySeconds } });
    setRevision(rollout, String(revisionOf(rollout.newSet)));
    if (hasDeadline(draft) && !condition(draft.status, 'Progressing'))
      setProgressing(rollout, 'True', 'FoundNewReplicaSet', `Found new replica set ${JSON.stringify(set.metadata.name)}`);
  } else if (create) await createNewSet(rollout, revision);
}

async function createNewSet(rollout: Rollout, revision: number): Promise<void> {
  const { draft, setClient, recorder } = rollout;
  const wanted = makeNewSet(draft, rollout.sets, revision);
  let created: ReplicaSet;
  try {
    created = await setClient.create(wanted);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    if (isAlreadyExists(error)) return existing(rollout, wanted);
    const message = `Failed to create new replica set ${JSON.stringify(wanted.metadata.name)}: ${(error as Error).message}`;
    if (hasDeadline(draft)) setProgressing(rollout, 'False', 'ReplicaSetCreateError', message);
    recorder.event(draft, 'Warning', 'ReplicaSetCreateError', message);
    throw error;
  }
  rollout.newSet = created;
  rollout.sets.push(created);
  const { name } = created.metadata;
  if (sizeOf(created) > 0)
    recorder.event(draft, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${sizeOf(created)}`);
  setRevision(rollout, String(revision));
  if (hasDeadline(draft))
    setProgressing(rollout, 'True', 'NewReplicaSetCreated', `Created new replica set ${JSON.stringify(name)}`);
}

/** The name is taken: by our own set that the cache does not show yet, or by another template of the same hash. */
async function existing(rollout: Rollout, wanted: ReplicaSet): Promise<void> {
  const { draft, setClient } = rollout;
  const found = await setClient.get(wanted.metadata);
  if (controllerOf(found)?.uid === draft.metadata.uid && sameTemplate(found.spec.template, draft.spec.template)) {
    rollout.newSet = found;
    rollout.sets.push(found);
    setRevision(rollout, String(revisionOf(found)));
    return;
  }
  draft.status = { ...draft.status, collisionCount: (draft.status?.collisionCount ?? 0) + 1 };
}

function setRevision({ draft }: Rollout, revision: string): void {
  if (draft.metadata.annotations?.[REVISION] === revision) return;
  draft.metadata = { ...draft.metadata, annotations: { ...draft.metadata.annotations, [REVISION]: revision } };
}

async function resizeAll(rollout: Rollout, plan: readonly Resize[]): Promise<void> {
  const { draft, recorder } = rollout;
  for (const { set, replicas } of plan) {
    const sized = sizeOf(set) !== replicas;
    const annotations = { ...set.metadata.annotations, ...replicasAnnotations(draft) };
    if (!sized && semanticEqual(annotations, set.metadata.annotations)) continue;
    await write(rollout, { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas } });
    const direction = sizeOf(set) < replicas ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${sizeOf(set)} to ${replicas}`;
    if (sized) recorder.event(draft, 'Normal', 'ScalingReplicaSet', message);
  }
}

async function write(rollout: Rollout, set: ReplicaSet): Promise<void> {
  const written = await rollout.setClient.update(set);
  rollout.sets = rollout.sets.map((s) => (s.metadata.uid === written.metadata.uid ? written : s));
  if (rollout.newSet?.metadata.uid === written.metadata.uid) rollout.newSet = written;
}

/** Deletes old sets beyond the history limit, lowest revision first, unless something of them still runs. */
async function cleanUp(rollout: Rollout): Promise<void> {
  const limit = rollout.draft.spec.revisionHistoryLimit;
  const old = oldSets(rollout).filter((set) => !set.metadata.deletionTimestamp);
  if (limit === undefined || old.length <= limit) return;
  const ordered = old.sort((a, b) => revisionOf(a) - revisionOf(b) || byAge(a, b));
  for (const set of ordered.slice(0, old.length - limit)) {
    const busy = (set.status?.replicas ?? 0) !== 0 || sizeOf(set) !== 0;
    if (busy || (set.metadata.generation ?? 0) > (set.status?.observedGeneration ?? 0)) continue;
    await rollout.setClient.delete(set.metadata, { propagationPolicy: 'Background' }).catch((error) => {
      if (error?.status?.code !== 404) throw error;
    });
  }
}
