import { formatTime } from './time.ts';

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

export const findCondition = <C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined =>
  conditions?.find((condition) => condition.type === type);

export const isConditionTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  findCondition(conditions, type)?.status === 'True';

/**
 * The list with `condition` put in, as meta.SetStatusCondition: lastTransitionTime moves only when the status does.
 * Returns the same array when nothing changed, a new one otherwise.
 */
export function setCondition<C extends Condition>(conditions: C[] | undefined, condition: C, now: Date): C[] {
  const list = conditions ?? [];
  const at = list.findIndex((existing) => existing.type === condition.type);
  const old = list[at];
  if (!old) return [...list, { ...condition, lastTransitionTime: condition.lastTransitionTime ?? formatTime(now) }];
  const moved = old.status !== condition.status;
  const next: C = {
    ...old,
    ...condition,
    lastTransitionTime: moved ? (condition.lastTransitionTime ?? formatTime(now)) : old.lastTransitionTime,
  };
  const keys = Object.keys(next) as (keyof C)[];
  if (keys.every((key) => next[key] === old[key])) return list;
  return list.map((existing, i) => (i === at ? next : existing));
}

export const removeCondition = <C extends Condition>(conditions: C[] | undefined, type: string): C[] =>
  (conditions ?? []).filter((condition) => condition.type !== type);
