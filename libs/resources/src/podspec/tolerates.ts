import type { Taint, Toleration } from '../types.gen.ts';

const INT64 = /^-?\d{1,19}$/;

/** core/v1 Toleration.ToleratesTaint; `Lt` and `Gt` compare whole numbers (KEP-5471). */
export function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  const have = taint.value ?? '';
  switch (operator as string) {
    case '':
    case 'Equal':
      return value === have;
    case 'Exists':
      return true;
    case 'Lt':
      return INT64.test(have) && INT64.test(value) && BigInt(have) < BigInt(value);
    case 'Gt':
      return INT64.test(have) && INT64.test(value) && BigInt(have) > BigInt(value);
    default:
      return false;
  }
}

/** The first taint with one of the effects that no toleration covers. */
export const untolerated = (
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly string[],
): Taint | undefined =>
  taints.find((taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)));
