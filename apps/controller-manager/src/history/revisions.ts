import type { ControllerRevision, LabelSelector, PodTemplateSpec } from '@windlass/resources';
import { newControllerRef, type Owner } from '../shared/claim.ts';
import { semanticEqual } from '../shared/equal.ts';
import { canonical, fnv32a, safeEncode } from '../shared/hash.ts';

export const REVISION_HASH = 'controller.kubernetes.io/hash';
/** Label of pods: a StatefulSet's revision name, a DaemonSet's revision hash. */
export const POD_REVISION = 'controller-revision-hash';
const NAME_SPACE = 223;

/** What rolls out pods of revisions: StatefulSet and DaemonSet. */
export interface Revised extends Owner {
  spec: { template: PodTemplateSpec; selector: LabelSelector; revisionHistoryLimit?: number };
  status?: { collisionCount?: number };
}

export const hashOf = ({ metadata }: ControllerRevision): string => metadata.labels?.[REVISION_HASH] ?? '';

/** Lowest first; equal ones by age, then name. */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  const [ta, tb] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (a.revision !== b.revision) return a.revision - b.revision;
  return ta === tb ? ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1) : ta < tb ? -1 : 1;
}

/** The owner's present template as a revision with a name of its own. */
export function makeRevision(owner: Revised, revision: number, collisionCount: number | undefined): ControllerRevision {
  const data = { spec: { template: { ...owner.spec.template, $patch: 'replace' } } };
  const hash = safeEncode(String(fnv32a(canonical(data) + (collisionCount ?? ''))));
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${(owner.metadata.name as string).slice(0, NAME_SPACE)}-${hash}`,
      namespace: owner.metadata.namespace,
      labels: { ...owner.spec.template.metadata?.labels, [REVISION_HASH]: hash },
      annotations: owner.metadata.annotations && { ...owner.metadata.annotations },
      ownerReferences: [newControllerRef(owner)],
    },
    data,
    revision,
  };
}

/** The template that a revision recorded. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (data as { spec: { template: PodTemplateSpec & { $patch?: string } } }).spec.template;
  return template;
}

export const isOfTemplate = (revision: ControllerRevision, { spec }: Revised): boolean =>
  semanticEqual(templateOf(revision), spec.template);

/** What the history lacks to have the present template as its newest revision. */
export type RevisionPlan =
  | { revision: ControllerRevision }
  /** The template was used before: that revision becomes the newest again. */
  | { bump: ControllerRevision; to: number }
  | { create: ControllerRevision };

export function planRevision(owner: Revised, sorted: readonly ControllerRevision[]): RevisionPlan {
  const newest = sorted.at(-1);
  const next = (newest?.revision ?? 0) + 1;
  const equal = sorted.findLast((revision) => isOfTemplate(revision, owner));
  if (equal && equal === newest) return { revision: equal };
  if (equal) return { bump: equal, to: next };
  return { create: makeRevision(owner, next, owner.status?.collisionCount) };
}

/** Revisions beyond the limit that nothing uses, oldest first. */
export function surplusRevisions(
  owner: Revised,
  sorted: readonly ControllerRevision[],
  inUse: (revision: ControllerRevision) => boolean,
): ControllerRevision[] {
  const unused = sorted.filter((revision) => !inUse(revision));
  return unused.slice(0, Math.max(0, unused.length - (owner.spec.revisionHistoryLimit ?? 10)));
}
