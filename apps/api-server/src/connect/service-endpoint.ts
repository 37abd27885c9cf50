import { serviceUnavailable } from '@windlass/meta';
import type { EndpointSlice, Service } from '@windlass/resources';

/**
 * A ready endpoint of a service's port. `port` is a port's number or name, '' for the unnamed one; `random` in [0, 1) chooses.
 * @throws StatusError 503 with kube-apiserver's text
 */
export function pickEndpoint(
  service: Service,
  slices: readonly EndpointSlice[],
  port: string,
  id: string,
  random: number,
): { ip: string; port: number } {
  const { name } = service.metadata;
  const ports = service.spec?.ports ?? [];
  let portName = port === '' && ports.length === 1 ? (ports[0]!.name ?? '') : port;
  if (/^\d+$/.test(port)) {
    const found = ports.find((each) => each.port === Number(port));
    if (!found) throw serviceUnavailable(`no service port ${port} found for service ${JSON.stringify(name)}`);
    portName = found.name ?? '';
  }
  const candidates = slices.flatMap((slice) => {
    const target = slice.ports?.find((each) => (each.name ?? '') === portName)?.port;
    if (!target) return [];
    const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    return ready.flatMap(({ addresses }) => (addresses[0] ? [{ ip: addresses[0], port: target }] : []));
  });
  const chosen = candidates[Math.floor(random * candidates.length)];
  if (!chosen) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(id)}`);
  return chosen;
}
