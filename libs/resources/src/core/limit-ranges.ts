import { createdAtColumn, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { unsetEmpty } from '../generic/unset-empty.ts';
import type { LimitRange, LimitRangeItem } from '../types.gen.ts';
import { validateLimitRange } from './quota/limit-range.ts';

/** What is not said of containers follows from what is: limits from the maximum, requests from limits and the minimum. */
function defaultContainerLimits(item: LimitRangeItem): void {
  if (item.type !== 'Container') return;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}

const unset = ({ spec }: LimitRange): void => unsetEmpty(spec ?? {}, 'limits');

export const limitRanges = builtin<LimitRange>('v1', 'limitranges', {
  columns: [nameColumn, createdAtColumn],
  strategy: {
    default: ({ spec }) => spec?.limits?.forEach(defaultContainerLimits),
    prepareForCreate: (range) => {
      if (!range.metadata.generateName) range.metadata.name ||= crypto.randomUUID();
      unset(range);
    },
    prepareForUpdate: unset,
    validate: validateLimitRange,
  },
});
