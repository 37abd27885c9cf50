import type { Service, ServicePort } from '../../types.gen.ts';

export const HEADLESS = 'None';

/** Where the spec's cluster IPs come from: even `None` counts as one. */
export const needsClusterIp = ({ spec }: Service): boolean => spec.type !== 'ExternalName';

export const needsNodePort = ({ spec }: Service): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer';

export const needsHealthCheckNodePort = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** Reachable from outside the cluster, so that externalTrafficPolicy applies. */
export const externallyAccessible = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);

/** Headless services without selector may name any families. */
export const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === HEADLESS;

export const hasSelector = ({ spec }: Service): boolean => Object.keys(spec.selector ?? {}).length > 0;

/** Node ports of the spec's ports, without zeros. */
export const nodePortsOf = ({ spec }: Service): number[] =>
  (spec.ports ?? []).map((port: ServicePort) => port.nodePort ?? 0).filter((port) => port !== 0);

export const sameList = (a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean =>
  (a?.length ?? 0) === (b?.length ?? 0) && (a ?? []).every((item, i) => item === b![i]);
