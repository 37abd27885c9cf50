import type { ResourceReader, ServiceResolver } from '@windlass/apiserver';
import type { EndpointSlice, Service } from '@windlass/resources';
import { pickEndpoint } from '../connect/service-endpoint.ts';

/** A ready endpoint of a service, straight at its pod; services without a selector of pods by their external name. */
export const serviceAddress =
  (reader: ResourceReader): ServiceResolver =>
  (namespace, name, port) => {
    const service = reader.get('', 'services', namespace, name) as Service | undefined;
    if (!service) throw new Error(`service ${JSON.stringify(name)} not found`);
    if (service.spec?.type === 'ExternalName') return { host: service.spec.externalName ?? '', port };
    const slices = reader
      .list('discovery.k8s.io', 'endpointslices', namespace)
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
    const found = pickEndpoint(service, slices as unknown as EndpointSlice[], String(port), name, Math.random());
    return { host: found.ip, port: found.port };
  };
