import type { AnyObject, ResourceDefinition } from '@windlass/meta';
import type { Allocator } from '../seams.ts';

/** What allocators took for one write: kept when the store has taken it too, given back otherwise. */
export interface Allocation {
  commit(): Promise<void>;
  undo(): Promise<void>;
}

/** Asks every allocator of the kind. @throws StatusError of the first that refuses, after giving back what others took */
export async function allocate(
  allocators: readonly Allocator[],
  definition: ResourceDefinition,
  object: AnyObject,
  old: AnyObject | undefined,
  dryRun: boolean,
): Promise<Allocation> {
  const taken: { commit?(): Promise<void>; undo?(): Promise<void> }[] = [];
  const undo = async () => {
    for (const one of taken.toReversed()) await one.undo?.();
  };
  try {
    for (const allocator of allocators) {
      const one = allocator.handles(definition) ? await allocator.allocate(object, old, dryRun) : undefined;
      if (one) taken.push(one);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return {
    undo,
    commit: async () => {
      for (const one of taken) await one.commit?.();
    },
  };
}

/** Tells the allocators that an object is gone. */
export async function release(
  allocators: readonly Allocator[],
  definition: ResourceDefinition,
  object: AnyObject,
): Promise<void> {
  for (const allocator of allocators) if (allocator.handles(definition)) await allocator.released?.(object);
}
