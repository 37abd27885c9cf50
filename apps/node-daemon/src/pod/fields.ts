import { Quantity } from '@windlass/meta';
import type { Container, ObjectFieldSelector, Pod, ResourceFieldSelector } from '@windlass/resources';

/** What fields may tell besides the pod object. */
export interface FieldFacts {
  nodeName: string;
  hostIP: string;
  podIPs: readonly string[];
  /** Node allocatable, the default of missing limits. */
  allocatable: Record<string, string>;
}

const quoteLines = (map: Record<string, string> | undefined): string =>
  Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

/** Value of a downward API field. @throws Error for a path that is not offered */
export function fieldValue({ fieldPath }: ObjectFieldSelector, pod: Pod, facts: FieldFacts): string {
  const subscript = /^metadata\.(annotations|labels)\['(.+)'\]$/.exec(fieldPath);
  if (subscript) return pod.metadata[subscript[1] as 'labels']?.[subscript[2]!] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
    case 'metadata.namespace':
    case 'metadata.uid':
      return pod.metadata[fieldPath.slice('metadata.'.length) as 'name'] ?? '';
    case 'metadata.labels':
      return quoteLines(pod.metadata.labels);
    case 'metadata.annotations':
      return quoteLines(pod.metadata.annotations);
    case 'spec.nodeName':
      return facts.nodeName;
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.hostIP;
    case 'status.podIP':
      return facts.podIPs[0] ?? '';
    case 'status.podIPs':
      return facts.podIPs.join(',');
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

/** `limits.cpu` and the like, in units of the divisor, rounded up; a missing limit is what the node can give. */
export function resourceValue(selector: ResourceFieldSelector, container: Container, facts: FieldFacts): string {
  const dot = selector.resource.indexOf('.');
  const kind = selector.resource.slice(0, dot) as 'limits' | 'requests';
  const name = selector.resource.slice(dot + 1);
  const given =
    container.resources?.[kind]?.[name] ?? (kind === 'limits' ? facts.allocatable[name] : container.resources?.limits?.[name]);
  const divisor = Quantity.parse(selector.divisor && selector.divisor !== '0' ? selector.divisor : '1');
  const amount = Quantity.parse(given ?? '0');
  return String((amount.nanos + divisor.nanos - 1n) / divisor.nanos);
}
