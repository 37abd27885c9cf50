import { Quantity, QuantityError } from '../../quantity.ts';
import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { Opaque } from '../values.ts';

export class QuantityValue extends Opaque {
  override readonly typeName = 'kubernetes.Quantity';
  readonly quantity: Quantity;
  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }
  override same(other: Opaque): boolean {
    return other instanceof QuantityValue && other.quantity.compare(this.quantity) === 0;
  }
}

function parse(text: string): QuantityValue {
  try {
    return new QuantityValue(Quantity.parse(text));
  } catch (error) {
    if (error instanceof QuantityError) throw new CelError(error.message);
    throw error;
  }
}

function isQuantity(text: string): boolean {
  try {
    Quantity.parse(text);
    return true;
  } catch {
    return false;
  }
}

const INT64 = 1n << 63n;
const fitsInt = ({ quantity }: QuantityValue): boolean => {
  const whole = quantity.nanos / 1_000_000_000n;
  return quantity.isWhole() && whole < INT64 && whole >= -INT64;
};

function asInteger(value: QuantityValue): bigint {
  if (!fitsInt(value)) throw new CelError('cannot convert value to integer');
  return value.quantity.nanos / 1_000_000_000n;
}

const Q = 'kubernetes.Quantity';
type Q = QuantityValue;

/** k8s.io/apiserver/pkg/cel/library/quantity.go */
export const quantities = new Library()
  .def('quantity', `(string): ${Q}`, parse)
  .def('isQuantity', '(string): bool', isQuantity)
  .def('sign', `${Q}.(): int`, ({ quantity }: Q) => BigInt(quantity.sign))
  .def('isInteger', `${Q}.(): bool`, fitsInt)
  .def('asInteger', `${Q}.(): int`, asInteger)
  .def('asApproximateFloat', `${Q}.(): double`, ({ quantity }: Q) => quantity.toNumber())
  .def('isGreaterThan', `${Q}.(${Q}): bool`, (a: Q, b: Q) => a.quantity.compare(b.quantity) > 0)
  .def('isLessThan', `${Q}.(${Q}): bool`, (a: Q, b: Q) => a.quantity.compare(b.quantity) < 0)
  .def('compareTo', `${Q}.(${Q}): int`, (a: Q, b: Q) => BigInt(a.quantity.compare(b.quantity)))
  .def('add', `${Q}.(${Q}): ${Q}`, (a: Q, b: Q) => new QuantityValue(a.quantity.add(b.quantity)))
  .def('add', `${Q}.(int): ${Q}`, (a: Q, b: bigint) => new QuantityValue(a.quantity.add(Quantity.of(b))))
  .def('sub', `${Q}.(${Q}): ${Q}`, (a: Q, b: Q) => new QuantityValue(a.quantity.sub(b.quantity)))
  .def('sub', `${Q}.(int): ${Q}`, (a: Q, b: bigint) => new QuantityValue(a.quantity.sub(Quantity.of(b))));
