import type { Service } from '../../types.gen.ts';
import { externallyAccessible, needsClusterIp, needsHealthCheckNodePort, needsNodePort, nodePortsOf, sameList } from './needs.ts';

const clusterIp = ({ spec }: Service): string => spec.clusterIP ?? '';
const samePlural = (a: Service, b: Service): boolean => sameList(a.spec.clusterIPs, b.spec.clusterIPs);

/** A client that sends its own YAML again keeps what was allocated for it. */
export function keepAllocatedValues(service: Service, old: Service): void {
  const { spec } = service;
  if (needsClusterIp(old) && needsClusterIp(service)) {
    if (!spec.clusterIP && old.spec.clusterIP) spec.clusterIP = old.spec.clusterIP;
    if (!spec.clusterIPs?.length && old.spec.clusterIPs?.length) spec.clusterIPs = [...old.spec.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(service)) {
    const sent = new Set(nodePortsOf(service));
    const used = new Set(nodePortsOf(old).filter((port) => sent.has(port)));
    const byName = new Map((old.spec.ports ?? []).map(({ name = '', nodePort = 0 }) => [name, nodePort]));
    for (const port of spec.ports ?? []) {
      const before = byName.get(port.name ?? '');
      if (!port.nodePort && before && !used.has(before)) port.nodePort = before;
    }
  }
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(service) && !spec.healthCheckNodePort)
    if (old.spec.healthCheckNodePort) spec.healthCheckNodePort = old.spec.healthCheckNodePort;
}

/** Brings clusterIP and clusterIPs in line where a client set only one of the two. */
export function normalizeClusterIps(service: Service, old: Service | undefined): void {
  const { spec } = service;
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const unchanged = clusterIp(old) === clusterIp(service);
  if (old.spec.clusterIPs?.length && !spec.clusterIPs?.length && unchanged) spec.clusterIPs = [...old.spec.clusterIPs];
  if (unchanged || !samePlural(old, service)) return;
  if (clusterIp(old) && !clusterIp(service)) delete spec.clusterIPs;
  else spec.clusterIPs = [clusterIp(service)];
}

/** Clears what the new type has no use for, unless the client changed it in the same write (which validation then refuses). */
export function dropTypeDependentFields(service: Service, old: Service): void {
  const { spec } = service;
  const was = old.spec;
  if (needsClusterIp(old) && !needsClusterIp(service)) {
    if (clusterIp(old) === clusterIp(service) && samePlural(old, service)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (sameList(was.ipFamilies, spec.ipFamilies)) delete spec.ipFamilies;
    if (was.ipFamilyPolicy === spec.ipFamilyPolicy) delete spec.ipFamilyPolicy;
    if (was.internalTrafficPolicy === spec.internalTrafficPolicy) delete spec.internalTrafficPolicy;
  }
  if (needsNodePort(old) && !needsNodePort(service)) {
    const before = new Set(nodePortsOf(old));
    if (nodePortsOf(service).every((port) => before.has(port))) for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(service))
    if ((was.healthCheckNodePort ?? 0) === (spec.healthCheckNodePort ?? 0)) delete spec.healthCheckNodePort;
  if (was.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (was.allocateLoadBalancerNodePorts === spec.allocateLoadBalancerNodePorts) delete spec.allocateLoadBalancerNodePorts;
    if (was.loadBalancerClass === spec.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (externallyAccessible(old) && !externallyAccessible(service) && was.externalTrafficPolicy === spec.externalTrafficPolicy)
    delete spec.externalTrafficPolicy;
  if (spec.type !== 'LoadBalancer' && service.status) service.status.loadBalancer = {};
}
