import { equalJson, type FieldError, fieldError, type Path, path } from '@windlass/meta';
import type { CertificateSigningRequest, CertificateSigningRequestCondition as Condition } from '../types.gen.ts';

export const conditionsOf = ({ status }: CertificateSigningRequest): Condition[] => status?.conditions ?? [];

const AT = path('status').child('conditions');
const FINAL = ['Approved', 'Denied', 'Failed'];
const STATUSES = ['False', 'True', 'Unknown'];

function statusErrors({ type, status }: Condition, at: Path): FieldError[] {
  if (!status) return [fieldError.required(at.child('status'), '')];
  const allowed = FINAL.includes(type) ? ['True'] : STATUSES;
  return allowed.includes(status) ? [] : [fieldError.notSupported(at.child('status'), status, allowed)];
}

export function conditionErrors(conditions: readonly Condition[]): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  conditions.forEach((condition, i) => {
    const at = AT.index(i);
    const { type } = condition;
    if (!type) errors.push(fieldError.required(at.child('type'), ''));
    errors.push(...statusErrors(condition, at));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (opposite && seen.has(opposite))
      errors.push(fieldError.invalid(at.child('type'), type, 'Approved and Denied conditions are mutually exclusive'));
    if (seen.has(type)) errors.push(fieldError.duplicate(at.child('type'), type));
    seen.add(type);
  });
  return errors;
}

/** A decision stays; only the approval subresource makes one. */
export function conditionChangeErrors(now: readonly Condition[], before: readonly Condition[], mayDecide: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const of = (conditions: readonly Condition[], type: string) => conditions.filter((condition) => condition.type === type);
  for (const type of FINAL)
    if (of(now, type).length < of(before, type).length)
      errors.push(fieldError.forbidden(AT, `updates may not remove a condition of type "${type}"`));
  if (mayDecide) return errors;
  for (const type of ['Approved', 'Denied']) {
    const [next, old] = [of(now, type), of(before, type)];
    if (next.length > old.length) errors.push(fieldError.forbidden(AT, `updates may not add a condition of type "${type}"`));
    else if (next.length === old.length && !equalJson(next, old))
      errors.push(fieldError.forbidden(AT, `updates may not modify a condition of type "${type}"`));
  }
  return errors;
}

/** Fills the times that the client left out; a state that lasts keeps the time of its beginning. */
export function stampConditions(request: CertificateSigningRequest, old: CertificateSigningRequest, now: Date): void {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  for (const condition of conditionsOf(request)) {
    condition.lastUpdateTime ||= time;
    const before = conditionsOf(old).find(({ type, status }) => type === condition.type && status === condition.status);
    condition.lastTransitionTime ||= before?.lastTransitionTime || time;
  }
}
