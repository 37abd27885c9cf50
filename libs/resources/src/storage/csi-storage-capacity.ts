import { equalJson, type FieldError, fieldError, path } from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { IMMUTABLE } from '../fields/messages.ts';
import { dnsSubdomain } from '../fields/names.ts';
import { nonNegativeQuantity } from '../fields/quantities.ts';
import { builtin } from '../generic/definition.ts';
import type { CSIStorageCapacity } from '../types.gen.ts';

const validate = ({ nodeTopology, storageClassName, capacity }: CSIStorageCapacity): FieldError[] => [
  ...validateLabelSelector(nodeTopology, path('nodeTopology')),
  ...dnsSubdomain(storageClassName ?? '', path('storageClassName')),
  ...nonNegativeQuantity(capacity, path('capacity')),
];

export const csiStorageCapacities = builtin<CSIStorageCapacity>('storage.k8s.io/v1', 'csistoragecapacities', {
  strategy: {
    validate,
    validateUpdate: (capacity, old) => [
      ...(equalJson(capacity.nodeTopology, old.nodeTopology)
        ? []
        : [fieldError.invalid(path('nodeTopology'), capacity.nodeTopology ?? null, IMMUTABLE)]),
      ...immutable(capacity.storageClassName, old.storageClassName, path('storageClassName')),
    ],
  },
});
