import { type FieldError, path, validateLabels } from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { requiredDnsLabel } from '../fields/names.ts';
import { nonNegativeQuantity } from '../fields/quantities.ts';
import { validateTolerations } from '../fields/taints.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { RuntimeClass } from '../types.gen.ts';

const validate = ({ handler, overhead, scheduling }: RuntimeClass): FieldError[] => [
  ...requiredDnsLabel(handler, path('handler')),
  ...Object.entries(overhead?.podFixed ?? {}).flatMap(([name, amount]) =>
    nonNegativeQuantity(amount, path('overhead', 'limits').key(name)),
  ),
  ...validateLabels(scheduling?.nodeSelector, path('scheduling', 'nodeSelector')),
  ...validateTolerations(scheduling?.tolerations, path('scheduling', 'tolerations')),
];

export const runtimeClasses = builtin<RuntimeClass>('node.k8s.io/v1', 'runtimeclasses', {
  columns: [nameColumn, column<RuntimeClass>('Handler', 'string', '', ({ handler }) => handler), ageColumn],
  strategy: {
    validate,
    validateUpdate: (one, old) => [...validate(one), ...immutable(one.handler, old.handler, path('handler'))],
  },
});
