import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { CelMap, CelObject, type CelValue, Optional, Uint } from '../values.ts';

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof CelMap) return value.size === 0;
  if (value instanceof CelObject) return Object.keys(value.json).length === 0;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0;
}

function unwrapped({ value }: Optional): CelValue {
  if (value === undefined) throw new CelError('optional.none() dereference');
  return value;
}

/** cel-go's OptionalTypes. */
export const optionals = new Library()
  .def('optional.of', '(A): optional(A)', (value: CelValue) => new Optional(value))
  .def('optional.none', '(): optional(A)', () => Optional.none)
  .def('optional.ofNonZeroValue', '(A): optional(A)', (value: CelValue) => (isZero(value) ? Optional.none : new Optional(value)))
  .def('hasValue', 'optional(A).(): bool', ({ value }: Optional) => value !== undefined)
  .def('value', 'optional(A).(): A', unwrapped)
  .def('or', 'optional(A).(optional(A)): optional(A)', (a: Optional, b: Optional) => (a.value === undefined ? b : a))
  .def('orValue', 'optional(A).(A): A', (a: Optional, b: CelValue) => (a.value === undefined ? b : a.value))
  .def('optional.unwrap', '(list(optional(A))): list(A)', (list: Optional[]) =>
    list.map(({ value }) => value).filter((value) => value !== undefined),
  )
  .def('unwrapOpt', 'list(optional(A)).(): list(A)', (list: Optional[]) =>
    list.map(({ value }) => value).filter((value) => value !== undefined),
  );
