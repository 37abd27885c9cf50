import { type FieldError, fieldError, type Path } from '@windlass/meta';
import type { DeviceSelector } from '../types.gen.ts';
import { eachItem } from './collections.ts';
import { MAX_EXPRESSION_BYTES, MAX_SELECTORS } from './limits.ts';

function deviceSelector({ cel }: DeviceSelector, at: Path): FieldError[] {
  const here = at.child('cel');
  if (!cel) return [fieldError.required(here)];
  return Buffer.byteLength(cel.expression ?? '') > MAX_EXPRESSION_BYTES
    ? [fieldError.tooLong(here.child('expression'), '', MAX_EXPRESSION_BYTES)]
    : [];
}

export const deviceSelectors = (selectors: readonly DeviceSelector[] | undefined, at: Path): FieldError[] =>
  eachItem(selectors, MAX_SELECTORS, deviceSelector, at);
