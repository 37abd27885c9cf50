import type { Client } from '@windlass/client';
import { cidrAddress, parseCidr } from '@windlass/meta';
import type { ConfigMap } from '@windlass/resources';
import { parse } from 'yaml';

const CONFIG_MAPS = { group: '', version: 'v1', resource: 'configmaps', namespaced: true, kind: 'ConfigMap' } as const;
/** As kubeadm has it (GetDNSIP). */
const DNS_INDEX = 10;

export interface ClusterNetworks {
  clusterCidr: string;
  serviceCidr: string;
  clusterDnsIp: string;
  clusterDomain: string;
}

/** The networks of kubeadm's ClusterConfiguration. @throws Error naming what is missing */
export function networksOf(configuration: string): ClusterNetworks {
  const { networking = {} } = (parse(configuration) ?? {}) as { networking?: Record<string, string | undefined> };
  const of = (key: string): string => {
    const value = networking[key];
    if (!value) throw new Error(`ConfigMap kube-system/kubeadm-config has no networking.${key}`);
    return value;
  };
  const serviceCidr = of('serviceSubnet');
  const services = parseCidr(serviceCidr);
  if (!services) throw new Error(`ConfigMap kube-system/kubeadm-config: networking.serviceSubnet ${serviceCidr} is no network`);
  return {
    clusterCidr: of('podSubnet'),
    serviceCidr,
    clusterDnsIp: cidrAddress(services, DNS_INDEX),
    clusterDomain: networking.dnsDomain ?? 'cluster.local',
  };
}

export async function clusterNetworks(client: Client): Promise<ClusterNetworks> {
  const found = await client.resource<ConfigMap>(CONFIG_MAPS).get({ namespace: 'kube-system', name: 'kubeadm-config' });
  return networksOf(found.data?.ClusterConfiguration ?? '');
}
