import { fieldError, internalError, invalid, path, plainError } from '@windlass/meta';
import { needsHealthCheckNodePort, needsNodePort, nodePortsOf, type Service } from '@windlass/resources';
import { ClaimError } from './claims.ts';
import type { Operation } from './operation.ts';

const allocatesNodePorts = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && (spec.allocateLoadBalancerNodePorts ?? true));

async function take(service: Service, index: number, wanted: number, operation: Operation): Promise<number> {
  try {
    return await operation.takePort(wanted);
  } catch (error) {
    if (!(error instanceof ClaimError)) throw error;
    if (!wanted) throw internalError(`failed to allocate a nodePort: ${error.message}`);
    const at = path('spec', 'ports').index(index).child('nodePort');
    throw invalid('', 'Service', service.metadata.name ?? '', [fieldError.invalid(at, wanted, error.message)]);
  }
}

/** Ports with the same number (of different protocols) share one node port. @throws StatusError */
async function allocateNodePorts(service: Service, operation: Operation): Promise<void> {
  const given = new Map<number, number>();
  const ports = service.spec.ports ?? [];
  for (const [i, port] of ports.entries()) {
    if (!port.nodePort && !allocatesNodePorts(service)) continue;
    const shared = given.get(port.port);
    if (shared === undefined) {
      const wanted = ports.find((other) => other.port === port.port && other.nodePort)?.nodePort ?? 0;
      port.nodePort = await take(service, i, wanted, operation);
      given.set(port.port, port.nodePort);
    } else if (!port.nodePort) port.nodePort = shared;
    else if (port.nodePort !== shared) await take(service, i, port.nodePort, operation);
  }
}

async function updateNodePorts(service: Service, old: Service, operation: Operation): Promise<void> {
  const before = new Set(nodePortsOf(old));
  const taken = new Set<number>();
  const seen = new Set<string>();
  for (const [i, port] of (service.spec.ports ?? []).entries()) {
    if (!port.nodePort && !allocatesNodePorts(service)) continue;
    if (!port.nodePort) port.nodePort = await take(service, i, 0, operation);
    else if (!before.has(port.nodePort) && !taken.has(port.nodePort)) {
      await take(service, i, port.nodePort, operation);
      taken.add(port.nodePort);
    }
    const id = `{${port.protocol} ${port.nodePort}}`;
    if (seen.has(id)) throw plainError(`duplicate nodePort: ${id}`);
    seen.add(id);
  }
  const now = new Set(nodePortsOf(service));
  for (const port of before) if (!now.has(port)) operation.releasePortLater(port);
}

async function allocateHealthCheckPort({ spec }: Service, operation: Operation): Promise<void> {
  const wanted = spec.healthCheckNodePort ?? 0;
  try {
    spec.healthCheckNodePort = await operation.takePort(wanted);
  } catch (error) {
    if (!(error instanceof ClaimError)) throw error;
    throw internalError(`failed to allocate ${wanted ? 'requested' : 'a'} HealthCheck NodePort ${wanted}: ${error.message}`);
  }
}

/** @throws StatusError */
export async function allocatePorts(service: Service, operation: Operation): Promise<void> {
  if (needsNodePort(service)) await allocateNodePorts(service, operation);
  if (needsHealthCheckNodePort(service)) await allocateHealthCheckPort(service, operation);
}

/** @throws StatusError */
export async function updatePorts(service: Service, old: Service, operation: Operation): Promise<void> {
  if (needsNodePort(old) && !needsNodePort(service)) for (const port of nodePortsOf(old)) operation.releasePortLater(port);
  if (needsNodePort(service)) await updateNodePorts(service, old, operation);
  const needed = needsHealthCheckNodePort(old);
  const needs = needsHealthCheckNodePort(service);
  if (!needed && needs) await allocateHealthCheckPort(service, operation);
  if (needed && !needs) operation.releasePortLater(old.spec.healthCheckNodePort ?? 0);
}

export function releasePortsLater(service: Service, operation: Operation): void {
  for (const port of nodePortsOf(service)) operation.releasePortLater(port);
  if (needsHealthCheckNodePort(service)) operation.releasePortLater(service.spec.healthCheckNodePort ?? 0);
}
