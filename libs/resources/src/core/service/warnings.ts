import { path } from '@windlass/meta';
import { legacyCidrWarnings, legacyIpWarnings } from '../../fields/legacy-ips.ts';
import type { Service } from '../../types.gen.ts';
import { HEADLESS, isHeadless } from './needs.ts';

const SPEC = path('spec');
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';

function headlessWarnings({ spec }: Service): string[] {
  const ignored = (field: string): string => `spec.${field} is ignored for headless services`;
  return [
    ...(spec.loadBalancerIP ? [ignored('loadBalancerIP')] : []),
    ...(spec.externalIPs?.length ? [ignored('externalIPs')] : []),
    ...(spec.sessionAffinity !== 'None' ? [ignored('SessionAffinity')] : []),
  ];
}

/** GetWarningsForService */
export function serviceWarnings(service: Service): string[] {
  const { spec, metadata } = service;
  const external = spec.type === 'ExternalName';
  const ips = spec.clusterIP && spec.clusterIP !== HEADLESS ? (spec.clusterIPs ?? []) : [];
  return [
    ...(metadata.annotations?.[TOPOLOGY_HINTS] === undefined
      ? []
      : [`annotation ${TOPOLOGY_HINTS} is deprecated, please use ${TOPOLOGY_MODE} instead`]),
    ...ips.flatMap((ip, i) => legacyIpWarnings(ip, SPEC.child('clusterIPs').index(i))),
    ...(spec.type === 'ClusterIP' && isHeadless(service) ? headlessWarnings(service) : []),
    ...(spec.externalIPs ?? []).flatMap((ip, i) => legacyIpWarnings(ip, SPEC.child('externalIPs').index(i))),
    ...(spec.loadBalancerIP ? legacyIpWarnings(spec.loadBalancerIP, SPEC.child('loadBalancerIP')) : []),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((range, i) =>
      legacyCidrWarnings(range, SPEC.child('loadBalancerSourceRanges').index(i)),
    ),
    ...(external && spec.externalIPs?.length ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(!external && spec.externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
    ...(spec.trafficDistribution === 'PreferClose'
      ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']
      : []),
  ];
}
