import type { Informer, InformerFactory } from '@windlass/client';
import type { EndpointSlice, Namespace, Node, Service } from '@windlass/resources';
import type { ZoneSource } from '../dns/zone.ts';
import { ENDPOINT_SLICES, NAMESPACES, NODES, SERVICES } from './resources.ts';

/** `namespace/service` that a slice belongs to; undefined for slices of nobody. */
export const serviceKeyOf = ({ metadata }: EndpointSlice): string | undefined => {
  const name = metadata.labels?.['kubernetes.io/service-name'];
  return name ? `${metadata.namespace}/${name}` : undefined;
};

/** The part of the cluster that the network is made of, as indexed caches. */
export class ClusterView implements ZoneSource {
  readonly nodes: Informer<Node>;
  readonly services: Informer<Service>;
  readonly endpointSlices: Informer<EndpointSlice>;
  readonly namespaces: Informer<Namespace>;

  constructor(informers: InformerFactory) {
    this.nodes = informers.informer<Node>(NODES);
    this.services = informers.informer<Service>(SERVICES, {
      indexers: { clusterIp: ({ spec }) => (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).filter((ip) => ip && ip !== 'None') },
    });
    this.endpointSlices = informers.informer<EndpointSlice>(ENDPOINT_SLICES, {
      indexers: {
        service: (slice) => [serviceKeyOf(slice) ?? ''],
        address: (slice) => [...new Set((slice.endpoints ?? []).flatMap(({ addresses }) => addresses))],
      },
    });
    this.namespaces = informers.informer<Namespace>(NAMESPACES, { metadataOnly: true });
  }

  service(namespace: string, name: string): Service | undefined {
    return this.services.store.get(`${namespace}/${name}`);
  }
  slices(namespace: string, service: string): readonly EndpointSlice[] {
    return this.endpointSlices.store.byIndex('service', `${namespace}/${service}`);
  }
  hasNamespace(name: string): boolean {
    return this.namespaces.store.get(name) !== undefined || this.services.store.inNamespace(name).length > 0;
  }
  serviceByIp(ip: string): Service | undefined {
    return this.services.store.byIndex('clusterIp', ip)[0];
  }
  slicesByIp(ip: string): readonly EndpointSlice[] {
    return this.endpointSlices.store.byIndex('address', ip);
  }
}
