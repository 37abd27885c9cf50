import { type FieldError, fieldError, type Path } from '@windlass/meta';

/** Sees values one after another; gives `Duplicate value` for those seen before. */
export class Once {
  readonly #seen: Set<string>;

  constructor(seen: Iterable<string> = []) {
    this.#seen = new Set(seen);
  }

  check(value: string, at: Path, shown: unknown = value): FieldError[] {
    if (this.#seen.has(value)) return [fieldError.duplicate(at, shown)];
    this.#seen.add(value);
    return [];
  }
}
