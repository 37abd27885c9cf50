import type { AdmissionAttributes } from '@windlass/apiserver';
import { type AnyObject, equalJson } from '@windlass/meta';

/** Who changed an object when, for one kind of mutating admission and one request: those asked before a change are asked once more. */
export class Reinvocation {
  #asked = new Set<string>();
  readonly #again = new Set<string>();
  #output: AnyObject | undefined;

  /** Before the first is asked: what others changed since the last round counts too. */
  begin({ reinvocation, object }: AdmissionAttributes): void {
    if (reinvocation.active && !equalJson(this.#output, object)) this.#requirePrevious();
  }

  due(id: string, { reinvocation }: AdmissionAttributes): boolean {
    return !reinvocation.active || this.#again.has(id);
  }

  changed({ reinvocation }: AdmissionAttributes): void {
    this.#requirePrevious();
    reinvocation.required = true;
  }

  /** `id`, which wants to be asked again, has been. */
  asked(id: string): void {
    this.#asked.add(id);
  }

  end({ object }: AdmissionAttributes): void {
    this.#output = structuredClone(object);
  }

  #requirePrevious(): void {
    for (const id of this.#asked) this.#again.add(id);
    this.#asked = new Set();
  }
}

/** One {@link Reinvocation} per request. */
export class Reinvocations {
  readonly #byRequest = new WeakMap<AdmissionAttributes, Reinvocation>();

  of(attributes: AdmissionAttributes): Reinvocation {
    let found = this.#byRequest.get(attributes);
    if (!found) {
      found = new Reinvocation();
      this.#byRequest.set(attributes, found);
    }
    return found;
  }
}
