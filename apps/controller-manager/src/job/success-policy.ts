import type { SuccessPolicy } from '@windlass/resources';
import { parseIndexes } from './indexes.ts';

/** Message of the first rule that the succeeded indexes meet. (job/success_policy.go) */
export function matchSuccessPolicy(
  policy: SuccessPolicy | undefined,
  completions: number,
  succeeded: ReadonlySet<number>,
): string | undefined {
  for (const [at, { succeededIndexes, succeededCount }] of (policy?.rules ?? []).entries()) {
    const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes, completions);
    const reached = wanted ? [...wanted].filter((index) => succeeded.has(index)).length : succeeded.size;
    const needed = succeededCount ?? wanted?.size;
    if (needed !== undefined && reached >= needed) return `Matched rules at index ${at}`;
  }
  return undefined;
}
