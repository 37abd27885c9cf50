import type { Deployment, ReplicaSet } from '@windlass/resources';
import { maxSurge } from './limits.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);
const HISTORY_LENGTH = 2000;

export function revisionOf(set: ReplicaSet): number {
  const revision = Number(set.metadata.annotations?.[REVISION] ?? 0);
  return Number.isSafeInteger(revision) ? revision : 0;
}

export const maxRevision = (sets: readonly ReplicaSet[]): number => Math.max(0, ...sets.map(revisionOf));

/** A number that an annotation of ours carries, or undefined. */
export function replicasAnnotation(set: ReplicaSet, name: string): number | undefined {
  const text = set.metadata.annotations?.[name];
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

export const replicasAnnotations = (deployment: Deployment): Record<string, string> => ({
  [DESIRED_REPLICAS]: String(deployment.spec.replicas ?? 1),
  [MAX_REPLICAS]: String((deployment.spec.replicas ?? 1) + maxSurge(deployment)),
});

/**
 * Annotations of the deployment's newest set: the deployment's own, the revision, and of an existing set that is used again the
 * revisions that it had before.
 */
export function newSetAnnotations(deployment: Deployment, set: ReplicaSet | undefined, revision: number): Record<string, string> {
  const old = set?.metadata.annotations ?? {};
  const annotations = { ...old };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!NOT_COPIED.has(key)) annotations[key] = value;
  const oldRevision = old[REVISION];
  if (Number(oldRevision ?? 0) < revision) {
    annotations[REVISION] = String(revision);
    if (set && oldRevision !== undefined) annotations[REVISION_HISTORY] = appendHistory(old[REVISION_HISTORY], oldRevision);
  }
  return set ? annotations : { ...annotations, ...replicasAnnotations(deployment) };
}

function appendHistory(history: string | undefined, revision: string): string {
  let entries = history ? history.split(',') : [];
  while (entries.length > 0 && [...entries, revision].join(',').length > HISTORY_LENGTH) entries = entries.slice(1);
  return [...entries, revision].join(',');
}
