import { type Decoders, hookContextOf } from '@windlass/apiserver';
import type { Settle } from './mutating.ts';

/** Decodes a changed object as a body of its kind, without complaint about unknown fields, and fills defaults. */
export const settleWith =
  (decoders: Decoders, now: () => Date): Settle =>
  (definition, object, attributes) => {
    const decoded = decoders.value(definition, object).object;
    definition.strategy?.default?.(decoded, hookContextOf(attributes, now()));
    return decoded;
  };
