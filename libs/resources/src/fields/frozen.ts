import { equalJson, type FieldError, fieldError, path } from '@windlass/meta';

const DETAIL = 'field is immutable when `immutable` is set';

/** What `immutable: true` of a ConfigMap or Secret forbids: changing it, or any of `fields`. */
export function frozenFields<T extends { immutable?: boolean }>(
  next: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  const changed = fields.filter((field) => !equalJson(next[field] ?? {}, old[field] ?? {}));
  return [...(next.immutable ? [] : ['immutable']), ...changed].map((field) => fieldError.forbidden(path(field), DETAIL));
}
