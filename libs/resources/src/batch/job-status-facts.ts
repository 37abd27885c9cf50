import { type FieldError, fieldError, path } from '@windlass/meta';
import type { Job, JobStatus } from '../types.gen.ts';

const AT = path('status');
const CONDITIONS = AT.child('conditions');

/** What of a status the rules ask for. */
export interface Facts {
  status: JobStatus;
  complete: boolean;
  failed: boolean;
  failureTarget: boolean;
  successCriteriaMet: boolean;
  finished: boolean;
}
export type Fact = Exclude<keyof Facts, 'status'>;

export function factsOf({ status = {} }: Job): Facts {
  const holds = (type: string) => !!status.conditions?.some((one) => one.type === type && one.status === 'True');
  const [complete, failed] = [holds('Complete'), holds('Failed')];
  const [failureTarget, successCriteriaMet] = [holds('FailureTarget'), holds('SuccessCriteriaMet')];
  return { status, complete, failed, failureTarget, successCriteriaMet, finished: complete || failed };
}

export const at = (field: keyof JobStatus) => AT.child(field);
export const wrong = (field: keyof JobStatus, { status }: Facts, detail: string): FieldError =>
  fieldError.invalid(at(field), status[field] ?? null, detail);
export const contradiction = (detail: string): FieldError => fieldError.inconsistent(CONDITIONS, detail);
export const before = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && Date.parse(one) < Date.parse(other);
export const differ = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined ? one !== other : Date.parse(one) !== Date.parse(other);
