import type { AnyObject } from '@windlass/meta';
import type { CachedObject } from './cached-object.ts';

/** Value of an object in an index; '' for absent, which is a value like others. */
export type IndexValue = (object: AnyObject) => string;

/** Objects of one resource by the value of one field. */
export class FieldIndex {
  readonly read: IndexValue;
  readonly #byValue = new Map<string, Map<string, CachedObject>>();

  constructor(read: IndexValue) {
    this.read = read;
  }

  replace(before: CachedObject | undefined, after: CachedObject | undefined): void {
    if (before) {
      const value = this.read(before.object);
      const group = this.#byValue.get(value);
      group?.delete(before.key);
      if (group?.size === 0) this.#byValue.delete(value);
    }
    if (after) {
      const value = this.read(after.object);
      const group = this.#byValue.get(value) ?? new Map<string, CachedObject>();
      this.#byValue.set(value, group.set(after.key, after));
    }
  }

  /** In key order. */
  get(value: string): CachedObject[] {
    const found = [...(this.#byValue.get(value)?.values() ?? [])];
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
