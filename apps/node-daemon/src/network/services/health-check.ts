import type { EndpointSlice, Service } from '@windlass/resources';
import type { NodeContext } from './endpoints.ts';

/** What a load balancer is told of one service on one node. */
export interface ServiceHealth {
  namespace: string;
  name: string;
  /** Node port of the health check. */
  port: number;
  /** Ready endpoints on this node. */
  localEndpoints: number;
}

/** Pure: the health check of a service with `externalTrafficPolicy: Local`; undefined: it has none. */
export function healthOf(
  service: Service,
  slices: readonly EndpointSlice[],
  { nodeName }: NodeContext,
): ServiceHealth | undefined {
  const { metadata, spec } = service;
  if (spec?.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local' || !spec.healthCheckNodePort) return undefined;
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter((endpoint) => endpoint.nodeName === nodeName && (endpoint.conditions?.ready ?? true))
    .flatMap(({ addresses }) => addresses[0] ?? []);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    port: spec.healthCheckNodePort,
    localEndpoints: new Set(ready).size,
  };
}
