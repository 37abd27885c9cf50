import { equalJson } from '@windlass/meta';
import { builtin } from '../generic/definition.ts';
import { metadataFields } from '../generic/selectable.ts';
import { statusView } from '../generic/status.ts';
import type { Node } from '../types.gen.ts';
import { nodeColumns } from './node/columns.ts';
import { validateNode, validateNodeUpdate } from './node/validate.ts';

const DYNAMIC_CONFIG = 'spec.configSource: deprecated in v1.22, support removal is planned in v1.26';

/** podCIDR is the first of podCIDRs; clients may send either, and the single one wins. */
function alignPodCidrs({ spec }: Node): void {
  if (!spec) return;
  if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR];
  else if (spec.podCIDRs?.length) spec.podCIDR = spec.podCIDRs[0];
}

export const nodes = builtin<Node>('v1', 'nodes', {
  columns: nodeColumns,
  selectableFields: {
    'metadata.name': metadataFields['metadata.name'],
    'spec.unschedulable': ({ spec }) => String(spec?.unschedulable ?? false),
  },
  strategy: {
    default(node) {
      alignPodCidrs(node);
      const { status } = node;
      if (status?.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
    },
    prepareForCreate(node) {
      delete node.spec?.configSource;
    },
    prepareForUpdate(node, old) {
      if (node.spec && !old.spec?.configSource) delete node.spec.configSource;
    },
    validate: validateNode,
    validateUpdate: (node, old) => [...validateNodeUpdate(node, old), ...validateNode(node)],
    warnings: (node, old) =>
      node.spec?.configSource && !equalJson(node.spec.configSource, old?.spec?.configSource) ? [DYNAMIC_CONFIG] : [],
  },
  subresources: { status: statusView<Node>(validateNodeUpdate) },
});
