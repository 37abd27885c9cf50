import { builtin } from '../generic/definition.ts';
import type { Node } from '../types.gen.ts';

export const nodes = builtin<Node>('v1', 'nodes', {
  createOnUpdate: false,
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
  strategy: {
    default(node) {
      const { status } = node;
      if (status?.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
    },
  },
});
