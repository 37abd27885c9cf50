import {
  type EventRecorder,
  type Informer,
  isAlreadyExists,
  isConflict,
  isNotFound,
  type ResourceClient,
} from '@windlass/client';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec } from '@windlass/resources';
import type { Owner } from '../shared/claim.ts';
import { semanticEqual } from '../shared/equal.ts';
import { claimsOf, type OwnedSet, podNameOf, repairLabels, statefulPod } from './identity.ts';
import { claimOwners, isStale } from './retention.ts';

export interface StatefulEffects {
  pods: ResourceClient<Pod>;
  claims: ResourceClient<PersistentVolumeClaim>;
  claimCache: Informer<PersistentVolumeClaim>;
  recorder: EventRecorder;
}

const claimKey = ({ metadata }: PersistentVolumeClaim): string => `${metadata.namespace}/${metadata.name}`;

/** Creates what is missing of an ordinal's claims. @returns false while a claim of a former pod is still on its way out */
export async function ensureClaims(
  { claims, claimCache, recorder }: StatefulEffects,
  set: OwnedSet,
  ordinal: number,
): Promise<boolean> {
  const podName = podNameOf(set, ordinal);
  for (const wanted of claimsOf(set, ordinal)) {
    const existing = claimCache.store.get(claimKey(wanted));
    if (existing && isStale(existing, podName)) return false;
    if (existing) continue;
    const { name } = wanted.metadata;
    try {
      await claims.create(wanted);
      recorder.event(
        set,
        'Normal',
        'SuccessfulCreate',
        `create Claim ${name} Pod ${podName} in StatefulSet ${set.metadata.name} success`,
      );
    } catch (error) {
      if (isAlreadyExists(error)) continue;
      const message = `create Claim ${name} for Pod ${podName} in StatefulSet ${set.metadata.name} failed error: ${(error as Error).message}`;
      recorder.event(set, 'Warning', 'FailedCreate', message);
      throw error;
    }
  }
  return true;
}

async function told(
  effects: StatefulEffects,
  set: OwnedSet,
  verb: 'create' | 'delete' | 'update',
  pod: string,
  call: () => Promise<unknown>,
) {
  const title = verb[0]?.toUpperCase() + verb.slice(1);
  const what = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
  try {
    await call();
    effects.recorder.event(set, 'Normal', `Successful${title}`, `${what} successful`);
  } catch (error) {
    effects.recorder.event(set, 'Warning', `Failed${title}`, `${what} failed error: ${(error as Error).message}`);
    throw error;
  }
}

export async function createPod(
  effects: StatefulEffects,
  set: OwnedSet,
  template: PodTemplateSpec,
  revision: string,
  ordinal: number,
): Promise<void> {
  if (!(await ensureClaims(effects, set, ordinal))) return;
  const pod = statefulPod(set, template, revision, ordinal);
  await told(effects, set, 'create', pod.metadata.name as string, () =>
    effects.pods.create(pod).catch((error) => {
      // Created a moment ago, or the former one is not gone yet: its events bring the set back here.
      if (!isAlreadyExists(error)) throw error;
    }),
  );
}

const REASONS: Record<string, ['Normal' | 'Warning', string, string]> = {
  failed: ['Warning', 'RecreatingFailedPod', 'failed'],
  succeeded: ['Normal', 'RecreatingTerminatedPod', 'terminated'],
};

export async function deletePod(effects: StatefulEffects, set: OwnedSet, pod: Pod, because: string): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  const [type, reason, text] = REASONS[because] ?? [];
  if (type && reason)
    effects.recorder.event(set, type, reason, `StatefulSet ${namespace}/${set.metadata.name} is recreating ${text} Pod ${name}`);
  await told(effects, set, 'delete', name as string, () =>
    effects.pods.delete(pod.metadata, { preconditions: { uid } }).catch((error) => {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }),
  );
}

export async function repairPod(effects: StatefulEffects, set: OwnedSet, pod: Pod, ordinal: number): Promise<void> {
  await ensureClaims(effects, set, ordinal);
  const { uid, resourceVersion } = pod.metadata;
  const metadata = { uid, resourceVersion, labels: repairLabels(set, pod, ordinal) };
  await told(effects, set, 'update', pod.metadata.name as string, () => effects.pods.patch(pod.metadata, { metadata }));
}

/** Brings the owners of a pod's claims in line with the retention policy. */
export async function ownClaims(effects: StatefulEffects, set: OwnedSet, pod: Pod & Owner, ordinal: number): Promise<void> {
  for (const wanted of claimsOf(set, ordinal)) {
    const claim = effects.claimCache.store.get(claimKey(wanted));
    if (!claim || claim.metadata.deletionTimestamp) continue;
    const ownerReferences = claimOwners(set, claim, pod, ordinal);
    if (semanticEqual(ownerReferences, claim.metadata.ownerReferences)) continue;
    const { uid, resourceVersion } = claim.metadata;
    await effects.claims.patch(claim.metadata, { metadata: { uid, resourceVersion, ownerReferences } });
  }
}
