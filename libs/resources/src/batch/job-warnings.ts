import type { Path } from '@windlass/meta';
import { podWarnings } from '../podspec/warnings.ts';
import type { JobSpec } from '../types.gen.ts';
import { MANY_COMPLETIONS, MAX_PARALLELISM_OF_MANY } from './completion-mode.ts';

const HARD_TO_TRACK =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';

/** WarningsForJobSpec; `at` is the spec's, of a job or of what a cron job makes jobs from. */
export function jobSpecWarnings({ completionMode, completions = 0, parallelism = 0, template }: JobSpec, at: Path): string[] {
  const many = completionMode === 'Indexed' && completions > MANY_COMPLETIONS && parallelism > MAX_PARALLELISM_OF_MANY;
  return [
    ...(many ? [`${at}: ${HARD_TO_TRACK}`] : []),
    ...podWarnings(template.metadata ?? {}, template.spec!, at.child('template')),
  ];
}
