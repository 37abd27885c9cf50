import { type AnyObject, formatTime, type ResourceDefinition } from '@windlass/meta';
import type { DeleteOptions } from './delete-options.ts';

/** What one delete request does to an object. */
export type Deletion =
  /** A grace period runs already and is not shortened: nothing changes. */
  | { do: 'wait' }
  /** Finalizers hold it as they did before. */
  | { do: 'nothing' }
  | { do: 'remove' }
  /** Stored with its deletion marks; `remove` says whether it goes right after. */
  | { do: 'mark'; object: AnyObject; remove: boolean };

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** The finalizers that the garbage collector answers to, as the propagation policy wants them. */
function propagationFinalizers(definition: ResourceDefinition, options: DeleteOptions, finalizers: readonly string[]): string[] {
  const others = finalizers.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  const policy = propagationOf(definition, options, finalizers);
  if (policy === 'Orphan') return [...others, ORPHAN];
  return policy === 'Foreground' ? [...others, FOREGROUND] : others;
}

function propagationOf(definition: ResourceDefinition, options: DeleteOptions, finalizers: readonly string[]): string {
  const { defaultPropagation = 'Background' } = definition;
  if (defaultPropagation === 'Unsupported') return 'Background';
  if (options.propagationPolicy !== undefined) return options.propagationPolicy;
  if (options.orphanDependents !== undefined) return options.orphanDependents ? 'Orphan' : 'Background';
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : defaultPropagation;
}

type Grace = 'none' | 'running' | { seconds: number; until: Date; first: boolean };

/** rest.BeforeDelete of kinds that end gracefully. */
function graceOf(definition: ResourceDefinition, { metadata, ...rest }: AnyObject, options: DeleteOptions, now: Date): Grace {
  if (!definition.gracePeriod) return 'none';
  const requested = options.gracePeriodSeconds;
  if (!metadata.deletionTimestamp) {
    const seconds = definition.gracePeriod({ metadata, ...rest }, requested);
    return { seconds, until: new Date(now.getTime() + seconds * 1000), first: true };
  }
  const running = metadata.deletionGracePeriodSeconds ?? 0;
  // A removal that failed half way is finished here.
  if (running === 0) return 'none';
  if (requested === undefined || requested >= running) return 'running';
  const started = Date.parse(metadata.deletionTimestamp) - running * 1000;
  return { seconds: requested, until: new Date(started + requested * 1000), first: false };
}

/** A kind with an end of its own: marked at first, then held until its work is done. */
function decideTermination(
  definition: ResourceDefinition,
  old: AnyObject,
  options: DeleteOptions,
  now: Date,
): Deletion | undefined {
  const { termination } = definition;
  if (!termination) return undefined;
  if (old.metadata.deletionTimestamp) return termination.held(old) ? { do: 'nothing' } : undefined;
  const object = structuredClone(old);
  const finalizers = propagationFinalizers(definition, options, old.metadata.finalizers ?? []);
  object.metadata.deletionTimestamp = formatTime(now);
  if (finalizers.length > 0) object.metadata.finalizers = finalizers;
  else delete object.metadata.finalizers;
  termination.mark(object);
  return { do: 'mark', object, remove: false };
}

/** Decides what a delete does: the grace period first, then finalizers. `old` is not changed. */
export function decideDeletion(definition: ResourceDefinition, old: AnyObject, options: DeleteOptions, now: Date): Deletion {
  const termination = decideTermination(definition, old, options, now);
  if (termination) return termination;
  const grace = graceOf(definition, old, options, now);
  if (grace === 'running') return { do: 'wait' };
  const held = old.metadata.deletionTimestamp ? [] : (definition.deletionFinalizers ?? []);
  const others = (old.metadata.finalizers ?? []).filter((finalizer) => !held.includes(finalizer));
  const finalizers = [...propagationFinalizers(definition, options, others), ...held];
  if (grace === 'none' && finalizers.length === 0) return { do: 'remove' };
  const metadata = { ...old.metadata };
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (grace !== 'none') {
    metadata.deletionTimestamp = formatTime(grace.until);
    metadata.deletionGracePeriodSeconds = grace.seconds;
    if (grace.first && metadata.generation) metadata.generation++;
  } else if (!metadata.deletionTimestamp) {
    metadata.deletionTimestamp = formatTime(now);
    if (held.length === 0) {
      metadata.deletionGracePeriodSeconds = 0;
      if (metadata.generation) metadata.generation++;
    }
  } else if (JSON.stringify(finalizers) === JSON.stringify(old.metadata.finalizers)) return { do: 'nothing' };
  const remove = finalizers.length === 0 && metadata.deletionGracePeriodSeconds === 0;
  return { do: 'mark', object: { ...old, metadata }, remove };
}
