import { divideUp, NANO, parseQuantityText, type QuantityFormat, quantityText } from './quantity-text.ts';

export { QuantityError, type QuantityFormat } from './quantity-text.ts';

/** resource.Quantity: an exact amount (to 10⁻⁹) that remembers how it was written. Immutable. */
export class Quantity {
  /** The amount times 10⁹. */
  readonly nanos: bigint;
  readonly format: QuantityFormat;

  constructor(nanos: bigint, format: QuantityFormat = 'DecimalSI') {
    this.nanos = nanos;
    this.format = format;
  }

  static readonly ZERO = new Quantity(0n);

  /** @throws QuantityError with Kubernetes' text */
  static parse(text: string | number): Quantity {
    const { nanos, format } = parseQuantityText(String(text).trim());
    return new Quantity(nanos, format);
  }

  /** A whole amount; fractions need {@link ofMilli}. */
  static of(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(value) * NANO, format);
  }

  static ofMilli(milli: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(milli) * 1_000_000n, format);
  }

  get sign(): -1 | 0 | 1 {
    return this.nanos === 0n ? 0 : this.nanos > 0n ? 1 : -1;
  }

  /** The format of a zero is that of what is added to it. */
  add(other: Quantity): Quantity {
    return new Quantity(this.nanos + other.nanos, this.nanos === 0n ? other.format : this.format);
  }

  sub(other: Quantity): Quantity {
    return new Quantity(this.nanos - other.nanos, this.nanos === 0n ? other.format : this.format);
  }

  compare(other: Quantity): -1 | 0 | 1 {
    return this.nanos === other.nanos ? 0 : this.nanos < other.nanos ? -1 : 1;
  }

  /** Whole units, rounded away from zero (bytes, pods). Exact up to 2⁵³. */
  value(): number {
    return Number(divideUp(this.nanos, NANO));
  }

  /** Thousandths, rounded away from zero (CPU). */
  milliValue(): number {
    return Number(divideUp(this.nanos, 1_000_000n));
  }

  /** As floating point: for ratios and metrics, not for books. */
  toNumber(): number {
    return Number(this.nanos) / 1e9;
  }

  /** Quantity.RoundUp(Milli), as pods' resource lists are kept. */
  roundUpToMilli(): Quantity {
    return new Quantity(divideUp(this.nanos, 1_000_000n) * 1_000_000n, this.format);
  }

  isWhole(): boolean {
    return this.nanos % NANO === 0n;
  }

  /** Canonical text. */
  toString(): string {
    return quantityText(this.nanos, this.format);
  }

  toJSON(): string {
    return this.toString();
  }
}

export const parseQuantity = Quantity.parse;

/** `1000m` → `1`, `1024Mi` → `1Gi`. @throws QuantityError */
export const canonicalQuantity = (text: string | number): string => Quantity.parse(text).toString();

/** Whole units of a quantity text, 0 when absent. */
export const quantityValue = (text: string | number | undefined): number =>
  text === undefined ? 0 : Quantity.parse(text).value();

/** Thousandths of a quantity text, 0 when absent. */
export const quantityMilliValue = (text: string | number | undefined): number =>
  text === undefined ? 0 : Quantity.parse(text).milliValue();

export const compareQuantities = (a: string | number, b: string | number): -1 | 0 | 1 =>
  Quantity.parse(a).compare(Quantity.parse(b));
