import { type FieldError, fieldError } from '@windlass/meta';
import type { Job } from '../types.gen.ts';
import { at, contradiction, differ, type Facts, wrong } from './job-status-facts.ts';

const TERMINAL = { Failed: 'failed', Complete: 'complete', FailureTarget: 'failureTarget' } as const;

/** What a status may not go back on. */
export function statusTransitions({ spec }: Job, next: Facts, old: Facts): (FieldError | false | undefined)[] {
  const scales = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  const less = (field: 'failed' | 'succeeded') =>
    (next.status[field] ?? 0) < (old.status[field] ?? 0) &&
    fieldError.invalid(at(field), next.status[field] ?? 0, `cannot decrease the ${field} counter`);
  const { completionTime, startTime } = next.status;
  return [
    ...Object.entries(TERMINAL).map(
      ([type, fact]) => old[fact] && !next[fact] && contradiction(`cannot disable the terminal ${type}=True condition`),
    ),
    less('failed'),
    !scales && less('succeeded'),
    completionTime !== undefined &&
      old.status.completionTime !== undefined &&
      differ(completionTime, old.status.completionTime) &&
      wrong('completionTime', next, 'completionTime cannot be mutated'),
    old.status.startTime !== undefined &&
      differ(startTime, old.status.startTime) &&
      !spec.suspend &&
      fieldError.required(at('startTime'), 'startTime cannot be removed for unsuspended job'),
    old.successCriteriaMet && !next.successCriteriaMet && contradiction('cannot disable the SuccessCriteriaMet=True condition'),
    old.complete &&
      !old.successCriteriaMet &&
      next.successCriteriaMet &&
      contradiction('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'),
  ];
}
