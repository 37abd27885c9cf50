import type { AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';
import { isPods } from './pods.ts';

const TOPOLOGY = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

const nodeOf = ({ spec, target }: AnyObject, subresource: string): string | undefined => {
  if (subresource === '') return spec?.nodeName;
  return target?.kind === 'Node' ? target.name : undefined;
};

/** A pod carries the zone and region of the node that it is bound to: on the binding, whose labels become the pod's, or on a pod with a node. */
export const podTopologyLabels = (reader: ResourceReader): AdmissionPlugin => ({
  name: 'PodTopologyLabels',
  handles: (operation) => operation === 'CREATE',
  admit(attributes) {
    if (!isPods(attributes, '', 'binding')) return;
    const object = attributes.object!;
    const name = nodeOf(object, attributes.subresource);
    const labels = name ? reader.get('', 'nodes', '', name)?.metadata.labels : undefined;
    const topology = Object.entries(labels ?? {}).filter(([key]) => TOPOLOGY.includes(key));
    if (topology.length > 0) object.metadata.labels = { ...object.metadata.labels, ...Object.fromEntries(topology) };
  },
});
