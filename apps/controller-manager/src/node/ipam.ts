import { type Controller, controller, watch } from '@windlass/controller';
import type { Node } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { CidrSet } from './cidr-set.ts';

/** Gives each node a block of the cluster's pod addresses. */
export function nodeIpamController(context: ControllerContext, clusterCidr: string, maskSize: number): Controller {
  const { client, informers, logger } = context;
  const nodes = informers.informer<Node>(refs.nodes);
  const nodeClient = client.resource<Node>(refs.nodes);
  const recorder = context.recorder('cidrAllocator');
  const blocks = new CidrSet(clusterCidr, maskSize);
  const note = (node: Node) => {
    const cidr = node.spec?.podCIDR;
    if (cidr) blocks.occupy(cidr, node.metadata.name as string);
  };
  return controller({
    name: 'node-ipam',
    // One at a time: the blocks in use are read and taken without a gap.
    workers: 1,
    logger,
    watches: [
      watch<Node>(nodes, ({ metadata }) => [metadata.name], {
        add: note,
        update: (_, node) => note(node),
        delete: ({ metadata }) => blocks.release(metadata.name as string),
      }),
    ],
    reconcile: async (name) => {
      const node = nodes.store.get(name);
      if (!node || node.spec?.podCIDR || node.metadata.deletionTimestamp) return;
      const cidr = blocks.take(name);
      if (!cidr) {
        recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
        throw new Error(`no block of ${clusterCidr} is left for node ${name}`);
      }
      const { resourceVersion } = node.metadata;
      await nodeClient.patch(
        { name },
        { metadata: { resourceVersion }, spec: { podCIDR: cidr, podCIDRs: [cidr] } },
        { type: 'strategic' },
      );
    },
  });
}
