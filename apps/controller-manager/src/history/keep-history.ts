import { type Informer, isAlreadyExists, isNotFound, type ResourceClient } from '@windlass/client';
import { matchesSelector } from '@windlass/meta';
import type { ControllerRevision } from '@windlass/resources';
import { byControllerOrOrphan, claim } from '../shared/claim.ts';
import { byRevision, isOfTemplate, planRevision, type Revised, surplusRevisions } from './revisions.ts';

export interface HistoryParts<T extends Revised> {
  revisions: Informer<ControllerRevision>;
  revisionClient: ResourceClient<ControllerRevision>;
  ownerClient: ResourceClient<T>;
}
export const revisionIndexers = { controller: byControllerOrOrphan };

export interface Revisions {
  /** Lowest first; the last is that of the present template. */
  sorted: ControllerRevision[];
  update: ControllerRevision;
  collisionCount: number | undefined;
}

/** Sees to a revision of the owner's present template. */
export async function keepHistory<T extends Revised>(parts: HistoryParts<T>, owner: T): Promise<Revisions> {
  const { revisions, revisionClient, ownerClient } = parts;
  const { uid, namespace } = owner.metadata;
  const claimed = await claim<ControllerRevision>({
    owner,
    candidates: [
      ...revisions.store.byIndex('controller', uid as string),
      ...revisions.store.byIndex('controller', `orphan:${namespace}`),
    ],
    matches: (revision) => matchesSelector(owner.spec.selector, revision.metadata.labels),
    objects: revisionClient,
    freshOwner: () => ownerClient.get(owner.metadata),
  });
  const sorted = claimed.sort(byRevision);
  let collisionCount = owner.status?.collisionCount;
  const plan = planRevision(owner, sorted);
  if ('revision' in plan) return { sorted, update: plan.revision, collisionCount };
  if ('bump' in plan) {
    const bumped = await revisionClient.patch(plan.bump.metadata, { revision: plan.to });
    return { sorted: [...sorted.filter((r) => r !== plan.bump), bumped], update: bumped, collisionCount };
  }
  for (let wanted = plan.create; ; wanted = makeAgain(owner, wanted.revision, collisionCount)) {
    try {
      const created = await revisionClient.create(wanted);
      return { sorted: [...sorted, created], update: created, collisionCount };
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = await revisionClient.get(wanted.metadata);
      // Our own, which the cache does not show yet; or another template of the same hash.
      if (isOfTemplate(existing, owner))
        return { sorted: [...sorted, existing].sort(byRevision), update: existing, collisionCount };
      collisionCount = (collisionCount ?? 0) + 1;
    }
  }
}

function makeAgain<T extends Revised>(owner: T, revision: number, collisionCount: number | undefined): ControllerRevision {
  const plan = planRevision({ ...owner, status: { ...owner.status, collisionCount } }, []);
  return 'create' in plan ? { ...plan.create, revision } : (plan as { revision: ControllerRevision }).revision;
}

/** Deletes revisions beyond the history limit. */
export async function truncateHistory<T extends Revised>(
  { revisionClient }: HistoryParts<T>,
  owner: T,
  sorted: readonly ControllerRevision[],
  inUse: (revision: ControllerRevision) => boolean,
): Promise<void> {
  for (const { metadata } of surplusRevisions(owner, sorted, inUse))
    await revisionClient.delete(metadata).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
}
