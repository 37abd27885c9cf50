import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { Once } from '../fields/once.ts';
import type { UncountedTerminatedPods } from '../types.gen.ts';

/** Uids of ended pods that the counters do not have yet: each once, in one of both lists. */
export function validateUncounted(pods: UncountedTerminatedPods | undefined, at: Path): FieldError[] {
  const once = new Once();
  return (['succeeded', 'failed'] as const).flatMap((list) =>
    (pods?.[list] ?? []).flatMap((uid, i) => {
      const here = at.child(list).index(i);
      return uid === '' ? [fieldError.invalid(here, uid, 'must not be empty')] : once.check(uid, here);
    }),
  );
}
