import type { FieldError, KubeObject, ViewSubresource } from '@windlass/meta';

/** What a create stores as status: nothing but what Go's zero value shows. */
export const clearStatus =
  <T extends KubeObject & { status?: unknown }>(empty: () => NonNullable<T['status']>) =>
  (object: T): void => {
    object.status = empty();
  };

/** The status subresource with rules of its own for a new status. */
export const statusView = <T>(
  validateUpdate: (object: T, old: T) => FieldError[],
  more: Partial<ViewSubresource<T>> = {},
): Partial<ViewSubresource<T>> => ({ validateUpdate, ...more });
