/** Reading and writing of resource.Quantity texts; amounts are exact integers of 10⁻⁹. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

export const QUANTITY_FORMAT_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
export const QUANTITY_SUFFIX_ERROR = "unable to parse quantity's suffix";
export const QUANTITY_NUMERIC_ERROR = 'unable to parse numeric part of quantity';

export class QuantityError extends Error {
  override name = 'QuantityError';
}

const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL_SUFFIX = new Map(Object.entries(DECIMAL).map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIX = new Map(Object.entries(BINARY).map(([suffix, exponent]) => [exponent, suffix]));

export const NANO = 1_000_000_000n;
const MAX_BINARY = 9223372036854775807n * NANO;

/** Quotient rounded away from zero: who asks for a little gets some. */
export const divideUp = (value: bigint, by: bigint): bigint => {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
};

/** @throws QuantityError with Kubernetes' text */
export function parseQuantityText(text: string): { nanos: bigint; format: QuantityFormat } {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text);
  if (!found || text === '') throw new QuantityError(QUANTITY_FORMAT_ERROR);
  const [, sign, whole = '', fraction = '', suffix = ''] = found;
  if (whole === '' && fraction === '')
    throw new QuantityError(text.includes('.') || suffix ? QUANTITY_NUMERIC_ERROR : QUANTITY_FORMAT_ERROR);
  const digits = BigInt(`${whole}${fraction}` || '0') * (sign === '-' ? -1n : 1n);
  let format: QuantityFormat;
  let scaled: bigint;
  let decimals = fraction.length;
  const binary = BINARY[suffix];
  const decimal = DECIMAL[suffix];
  if (binary !== undefined) {
    format = 'BinarySI';
    scaled = digits << BigInt(binary);
  } else {
    format = 'DecimalSI';
    scaled = digits;
    if (decimal !== undefined) decimals -= decimal;
    else {
      const exponent = /^[eE]([-+]?\d+)$/.exec(suffix);
      if (!exponent || exponent[1]!.length > 6) throw new QuantityError(QUANTITY_SUFFIX_ERROR);
      format = 'DecimalExponent';
      decimals -= Number(exponent[1]);
    }
  }
  const shift = 9 - decimals;
  let nanos = shift >= 0 ? scaled * 10n ** BigInt(shift) : divideUp(scaled, 10n ** BigInt(-shift));
  if (format === 'BinarySI') {
    if (nanos > MAX_BINARY) nanos = MAX_BINARY;
    if (nanos > 0n && nanos < NANO) format = 'DecimalSI';
  }
  return { nanos, format };
}

function factorsOf(value: bigint, base: bigint): [bigint, number] {
  let count = 0;
  let rest = value;
  while (rest !== 0n && rest % base === 0n) {
    rest /= base;
    count++;
  }
  return [rest, count];
}

/** The canonical form: shortest integer mantissa with the largest suffix that loses nothing. */
export function quantityText(nanos: bigint, format: QuantityFormat): string {
  if (nanos === 0n) return '0';
  const small = nanos > -1024n * NANO && nanos < 1024n * NANO;
  if (format === 'BinarySI' && !small && nanos % NANO === 0n) {
    const [mantissa, exponent] = factorsOf(nanos / NANO, 1024n);
    const suffix = exponent === 0 ? '' : BINARY_SUFFIX.get(exponent * 10);
    if (suffix !== undefined) return `${mantissa}${suffix}`;
  }
  let [mantissa, exponent] = factorsOf(nanos, 10n);
  exponent -= 9;
  while (exponent % 3 !== 0) {
    mantissa *= 10n;
    exponent--;
  }
  const suffix = format === 'DecimalExponent' ? undefined : DECIMAL_SUFFIX.get(exponent);
  if (suffix !== undefined) return `${mantissa}${suffix}`;
  return exponent === 0 ? String(mantissa) : `${mantissa}e${exponent}`;
}
