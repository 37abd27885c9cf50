import { type FieldError, fieldError, type Path } from '@windlass/meta';

/** validatePathNoBacksteps */
export const noBacksteps = (path: string, at: Path): FieldError[] =>
  path.split('/').includes('..') ? [fieldError.invalid(at, path, "must not contain '..'")] : [];

/** A relative path without `..` elements (validateLocalDescendingPath). */
export const descendingPath = (path: string, at: Path): FieldError[] => [
  ...(path.startsWith('/') ? [fieldError.invalid(at, path, 'must be a relative path')] : []),
  ...noBacksteps(path, at),
];

/** As {@link descendingPath}, and does not start with `..` (ValidateLocalNonReservedPath). */
export const nonReservedPath = (path: string, at: Path): FieldError[] => [
  ...descendingPath(path, at),
  ...(/^\.\.(?!\/)/.test(path) && !path.split('/').includes('..')
    ? [fieldError.invalid(at, path, "must not start with '..'")]
    : []),
];
