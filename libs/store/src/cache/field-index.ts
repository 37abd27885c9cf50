import type { CachedObject } from './cached-object.ts';
import { stringAt } from './scan.ts';

/** Objects of one resource by the text of one field; '' stands for its absence and is a value like others. */
export class FieldIndex {
  readonly #path: readonly string[];
  readonly #byValue = new Map<string, Map<string, CachedObject>>();

  /** @param field path of a string, such as `spec.nodeName` */
  constructor(field: string) {
    this.#path = field.split('.');
  }

  valueOf(object: CachedObject): string {
    return stringAt(object.bytes, this.#path);
  }

  replace(before: CachedObject | undefined, after: CachedObject | undefined): void {
    if (before) {
      const value = this.valueOf(before);
      const group = this.#byValue.get(value);
      group?.delete(before.key);
      if (group?.size === 0) this.#byValue.delete(value);
    }
    if (after) {
      const value = this.valueOf(after);
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
