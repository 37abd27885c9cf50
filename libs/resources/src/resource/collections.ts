import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { Once } from '../fields/once.ts';

type ItemCheck<T> = (item: T, at: Path) => FieldError[];

/** Every item by `check`; of a list that is longer than `max` only that is said. */
export function eachItem<T>(list: readonly T[] | undefined, max: number, check: ItemCheck<T>, at: Path): FieldError[] {
  if (!list) return [];
  if (list.length > max) return [fieldError.tooMany(at, list.length, max)];
  return list.flatMap((item, i) => check(item, at.index(i)));
}

/** As {@link eachItem}, and no two items with the same key. */
export function eachOfSet<T>(
  list: readonly T[] | undefined,
  max: number,
  check: ItemCheck<T>,
  keyOf: (item: T) => string,
  at: Path,
): FieldError[] {
  const errors = eachItem(list, max, check, at);
  if (!list || list.length > max) return errors;
  const once = new Once();
  return [...errors, ...list.flatMap((item, i) => once.check(keyOf(item), at.index(i)))];
}

/** Keys are shown in full up to `bytes`, longer ones without their middle. */
function shortened(key: string, bytes: number): string {
  const max = Math.max(16, bytes);
  if (key.length <= max) return key;
  const left = max - 3;
  return `${key.slice(0, (left + 1) >> 1)}...${key.slice(key.length - (left >> 1))}`;
}

/** Every key and value of a map. */
export function eachEntry<T>(
  map: Readonly<Record<string, T>> | undefined,
  max: number,
  keyBytes: number,
  checkKey: ItemCheck<string>,
  check: ItemCheck<T>,
  at: Path,
): FieldError[] {
  const entries = Object.entries(map ?? {});
  if (entries.length > max) return [fieldError.tooMany(at, entries.length, max)];
  return entries.flatMap(([key, value]) => {
    const here = at.key(shortened(key, keyBytes));
    return [...checkKey(key, here), ...check(value, here)];
  });
}
