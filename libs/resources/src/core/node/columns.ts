import { ageColumn, column, nameColumn } from '../../generic/columns.ts';
import { fieldDoc } from '../../generic/docs.ts';
import type { Node } from '../../types.gen.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

function status({ spec, status: { conditions = [] } = {} }: Node): string {
  const ready = conditions.find(({ type }) => type === 'Ready');
  const shown = ready ? [ready.status === 'True' ? 'Ready' : 'NotReady'] : ['Unknown'];
  if (spec?.unschedulable) shown.push('SchedulingDisabled');
  return shown.join(',');
}

function roles({ metadata }: Node): string {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) found.add(key.slice(ROLE_PREFIX.length));
    else if (key === ROLE_LABEL && value) found.add(value);
  }
  return [...found].sort().join(',') || '<none>';
}

const address =
  (type: string) =>
  ({ status: { addresses = [] } = {} }: Node): string =>
    addresses.find((one) => one.type === type)?.address ?? '<none>';

const info = (field: 'osImage' | 'kernelVersion' | 'containerRuntimeVersion') => (node: Node) =>
  node.status?.nodeInfo?.[field] || '<unknown>';

const infoDoc = (field: string): string => fieldDoc('core.v1.NodeSystemInfo', field);
const ADDRESSES = fieldDoc('core.v1.NodeStatus', 'addresses');
const wide = { wide: true };

export const nodeColumns = [
  nameColumn,
  column<Node>('Status', 'string', 'The status of the node', status),
  column<Node>('Roles', 'string', 'The roles of the node', roles),
  ageColumn,
  column<Node>('Version', 'string', infoDoc('kubeletVersion'), (node) => node.status?.nodeInfo?.kubeletVersion ?? ''),
  column<Node>('Internal-IP', 'string', ADDRESSES, address('InternalIP'), wide),
  column<Node>('External-IP', 'string', ADDRESSES, address('ExternalIP'), wide),
  column<Node>('OS-Image', 'string', infoDoc('osImage'), info('osImage'), wide),
  column<Node>('Kernel-Version', 'string', infoDoc('kernelVersion'), info('kernelVersion'), wide),
  column<Node>('Container-Runtime', 'string', infoDoc('containerRuntimeVersion'), info('containerRuntimeVersion'), wide),
];
