/** Labels below kubernetes.io and k8s.io that a kubelet may set on its node (k8s.io/kubelet/pkg/apis/well_known_labels.go). */
const KUBELET_LABELS = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);
const KUBELET_NAMESPACES = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const RESTRICTED = 'node-restriction.kubernetes.io';

const within = (domain: string, parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`);

const domainOf = (key: string): string => (key.includes('/') ? key.slice(0, key.indexOf('/')) : '');

/** Keys whose values differ. */
export function changedLabels(now: Record<string, string> = {}, before: Record<string, string> = {}): string[] {
  return [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => now[key] !== before[key]);
}

/** Those that only others than the kubelet may set: node-restriction.kubernetes.io, and unknown ones of Kubernetes' own domains. */
export const forbiddenLabels = (keys: readonly string[]): string[] =>
  keys
    .filter((key) => {
      const domain = domainOf(key);
      if (within(domain, RESTRICTED)) return true;
      if (!within(domain, 'kubernetes.io') && !within(domain, 'k8s.io')) return false;
      return !KUBELET_LABELS.has(key) && !KUBELET_NAMESPACES.some((namespace) => within(domain, namespace));
    })
    .sort();
