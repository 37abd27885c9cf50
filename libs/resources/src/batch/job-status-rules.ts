import { equalJson, type FieldError, fieldError } from '@windlass/meta';
import { validateCounts } from '../apps/status-counts.ts';
import { goStruct } from '../internal/go-struct.ts';
import type { Job, JobStatus } from '../types.gen.ts';
import { commonIndex, indexesFault } from './indexes.ts';
import { at, before, contradiction, type Fact, type Facts, factsOf, wrong } from './job-status-facts.ts';
import { statusTransitions } from './job-status-transitions.ts';
import { validateUncounted } from './uncounted-pods.ts';

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating'];

/**
 * A rule is asked only when what it speaks of changed: a fault that is already there hinders no other change, and a spec that was just
 * scaled may be ahead of its status. (getStatusValidationOptions, KEP-4368)
 */
interface Rule {
  of: readonly (Fact | keyof JobStatus)[];
  fault(facts: Facts, job: Job): FieldError | false | undefined;
}

const overlap = ({ status }: Facts, { spec }: Job): FieldError | false => {
  const { completedIndexes = '', failedIndexes } = status;
  if (spec.completions === undefined || failedIndexes === undefined) return false;
  const index = commonIndex(completedIndexes, failedIndexes, spec.completions);
  const detail = `failedIndexes and completedIndexes overlap at index: ${index}`;
  return index !== undefined && fieldError.invalid(at('failedIndexes'), failedIndexes, detail);
};

const unreadable = (field: 'completedIndexes' | 'failedIndexes', facts: Facts, completions: number | undefined) => {
  const text = facts.status[field];
  const fault = completions === undefined || text === undefined ? undefined : indexesFault(text, completions);
  return fault !== undefined && wrong(field, facts, `error parsing ${field}: ${fault}`);
};

const RULES: readonly Rule[] = [
  {
    of: ['complete', 'failed'],
    fault: (f) => f.complete && f.failed && contradiction('cannot set Complete=True and Failed=true conditions'),
  },
  {
    of: ['complete', 'failureTarget'],
    fault: (f) => f.complete && f.failureTarget && contradiction('cannot set Complete=True and FailureTarget=true conditions'),
  },
  {
    of: ['complete', 'completionTime'],
    fault: (f) =>
      f.status.completionTime !== undefined &&
      !f.complete &&
      wrong('completionTime', f, 'cannot set completionTime when there is no Complete=True condition'),
  },
  {
    of: ['complete', 'completionTime'],
    fault: (f) =>
      f.status.completionTime === undefined &&
      f.complete &&
      fieldError.required(at('completionTime'), 'completionTime is required for Complete jobs'),
  },
  {
    of: ['startTime', 'completionTime'],
    fault: (f) =>
      before(f.status.completionTime, f.status.startTime) &&
      wrong('completionTime', f, 'completionTime cannot be set before startTime'),
  },
  {
    of: ['failed', 'failureTarget'],
    fault: (f) =>
      f.failed && !f.failureTarget && contradiction('cannot set Failed=True condition without the FailureTarget=true condition'),
  },
  {
    of: ['complete', 'successCriteriaMet'],
    fault: (f) =>
      f.complete &&
      !f.successCriteriaMet &&
      contradiction('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'),
  },
  {
    of: ['finished', 'active'],
    fault: (f) => f.finished && (f.status.active ?? 0) > 0 && wrong('active', f, 'active>0 is invalid for finished job'),
  },
  {
    of: ['finished', 'startTime'],
    fault: (f) =>
      f.finished &&
      f.status.startTime === undefined &&
      fieldError.required(at('startTime'), 'startTime is required for finished job'),
  },
  {
    of: ['finished', 'uncountedTerminatedPods'],
    fault({ finished, status: { uncountedTerminatedPods: pods } }) {
      if (!finished || !(pods?.failed?.length || pods?.succeeded?.length)) return false;
      const shown = goStruct('UncountedTerminatedPods', pods);
      const detail = 'uncountedTerminatedPods needs to be empty for finished job';
      return fieldError.invalid(at('uncountedTerminatedPods'), shown, detail);
    },
  },
  { of: ['completedIndexes'], fault: (f, { spec }) => unreadable('completedIndexes', f, spec.completions) },
  {
    of: ['failedIndexes'],
    fault: (f, { spec }) => spec.backoffLimitPerIndex !== undefined && unreadable('failedIndexes', f, spec.completions),
  },
  {
    of: ['completedIndexes'],
    fault: (f, { spec }) =>
      !!f.status.completedIndexes &&
      spec.completionMode !== 'Indexed' &&
      wrong('completedIndexes', f, 'cannot set non-empty completedIndexes when non-indexed completion mode'),
  },
  {
    of: ['failedIndexes'],
    fault: (f, { spec }) =>
      f.status.failedIndexes !== undefined &&
      spec.backoffLimitPerIndex === undefined &&
      wrong('failedIndexes', f, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'),
  },
  { of: ['failedIndexes', 'completedIndexes'], fault: overlap },
  {
    of: ['finished', 'terminating'],
    fault: (f) =>
      f.finished && (f.status.terminating ?? 0) > 0 && wrong('terminating', f, 'terminating>0 is invalid for finished job'),
  },
  {
    of: ['ready', 'active'],
    fault: (f) => (f.status.ready ?? 0) > (f.status.active ?? 0) && wrong('ready', f, 'cannot set more ready pods than active'),
  },
];

/** Rules that always hold. */
const ALWAYS: readonly Rule['fault'][] = [
  (f) => f.successCriteriaMet && f.failed && contradiction('cannot set SuccessCriteriaMet=True and Failed=true conditions'),
  (f) =>
    f.successCriteriaMet &&
    f.failureTarget &&
    contradiction('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'),
  (f, { spec }) =>
    spec.successPolicy !== undefined &&
    f.complete &&
    !f.successCriteriaMet &&
    contradiction('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'),
];

/** ValidateJobUpdateStatus */
export function validateJobStatus(job: Job, old: Job): FieldError[] {
  const [next, last] = [factsOf(job), factsOf(old)];
  const value = (facts: Facts, name: Fact | keyof JobStatus): unknown =>
    name in facts ? facts[name as Fact] : facts.status[name as keyof JobStatus];
  const changed = ({ of }: Rule): boolean => of.some((name) => !equalJson(value(next, name), value(last, name)));
  return [
    ...validateCounts(job.status, COUNTS),
    ...validateUncounted(job.status?.uncountedTerminatedPods, at('uncountedTerminatedPods')),
    ...RULES.filter(changed).map(({ fault }) => fault(next, job)),
    ...ALWAYS.map((fault) => fault(next, job)),
    ...statusTransitions(job, next, last),
  ].filter((error): error is FieldError => !!error);
}
