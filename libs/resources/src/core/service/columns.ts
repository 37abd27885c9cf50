import type { Column } from '@windlass/meta';
import { ingressPointsText } from '../../fields/load-balancer-status.ts';
import { ageColumn, column, nameColumn } from '../../generic/columns.ts';
import { fieldDoc } from '../../generic/docs.ts';
import { labelsText } from '../../generic/texts.ts';
import type { Service } from '../../types.gen.ts';

const doc = (field: string): string => fieldDoc('core.v1.ServiceSpec', field);

function externalIp({ spec, status }: Service): string {
  const own = (spec.externalIPs ?? []).join(',');
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return own || '<none>';
    case 'LoadBalancer':
      return [ingressPointsText(status?.loadBalancer?.ingress), own].filter(Boolean).join(',') || '<pending>';
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

const ports = ({ spec }: Service): string =>
  (spec.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`).join(',') ||
  '<none>';

export const serviceColumns = [
  nameColumn,
  column<Service>('Type', 'string', doc('type'), ({ spec }) => spec.type ?? ''),
  column<Service>('Cluster-IP', 'string', doc('clusterIP'), ({ spec }) => spec.clusterIPs?.[0] ?? '<none>'),
  column<Service>('External-IP', 'string', doc('externalIPs'), externalIp),
  column<Service>('Port(s)', 'string', doc('ports'), ports),
  ageColumn,
  column<Service>('Selector', 'string', doc('selector'), ({ spec }) => labelsText(spec.selector), { wide: true }),
] as unknown as readonly Column<Service>[];
