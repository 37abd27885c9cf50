import type { Pod } from '@windlass/resources';

/** Kernel parameters that cannot harm other pods, with the namespace that they belong to (pkg/kubelet/sysctl/safe_sysctls.go). */
const SAFE: Readonly<Record<string, 'ipc' | 'net'>> = {
  'kernel.shm_rmid_forced': 'ipc',
  'net.ipv4.ip_local_port_range': 'net',
  'net.ipv4.ip_local_reserved_ports': 'net',
  'net.ipv4.ip_unprivileged_port_start': 'net',
  'net.ipv4.ping_group_range': 'net',
  'net.ipv4.tcp_fin_timeout': 'net',
  'net.ipv4.tcp_keepalive_intvl': 'net',
  'net.ipv4.tcp_keepalive_probes': 'net',
  'net.ipv4.tcp_keepalive_time': 'net',
  'net.ipv4.tcp_rmem': 'net',
  'net.ipv4.tcp_syncookies': 'net',
  'net.ipv4.tcp_wmem': 'net',
};

/** What the kernel keeps apart by namespace (component-helpers/node/util/sysctl/namespace.go). */
const NAMESPACED: readonly [prefix: string, 'ipc' | 'net'][] = [
  ['kernel.shm', 'ipc'],
  ['kernel.msg', 'ipc'],
  ['fs.mqueue.', 'ipc'],
  ['net.', 'net'],
];

export const SYSCTL_FORBIDDEN = 'SysctlForbidden';

/** Slashes may separate the parts; then dots are part of a name, as in `net/ipv4/conf/eth0.1/mtu`. */
const dotted = (name: string): string => {
  const separator = /[./]/.exec(name)?.[0];
  return separator === '/' ? name.replaceAll(/[./]/g, (each) => (each === '/' ? '.' : '/')) : name;
};

const namespaceOf = (key: string): 'ipc' | 'net' | undefined =>
  key === 'kernel.sem' ? 'ipc' : NAMESPACED.find(([prefix]) => key.startsWith(prefix))?.[1];

const NAME = /^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$/;
const isPattern = (pattern: string): boolean =>
  pattern.length <= 253 && (pattern === '*' || NAME.test(pattern.replace(/[./]?\*$/, '')));

/** Mistakes in allowedUnsafeSysctls, in the kubelet's words. */
export const sysctlPatternMistakes = (patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) => {
    const key = dotted(pattern);
    const quoted = JSON.stringify(key);
    if (!isPattern(pattern))
      return [`sysctl ${quoted} must have at most 253 characters and be a name, or the beginning of names and *`];
    if (namespaceOf(key.replace(/\*$/, ''))) return [];
    return [
      key.endsWith('*')
        ? `the sysctls ${quoted} are not known to be namespaced`
        : `the sysctl ${quoted} are not known to be namespaced`,
    ];
  });

function allowedNamespace(key: string, patterns: readonly string[]): 'ipc' | 'net' | undefined {
  if (Object.hasOwn(SAFE, key)) return SAFE[key];
  const isAllowed = patterns
    .map(dotted)
    .some((pattern) => (pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern));
  return isAllowed ? namespaceOf(key) : undefined;
}

/**
 * Why the node refuses the pod for its sysctls, in the kubelet's words; undefined: it does not.
 * @param allowed names beside the safe ones, or beginnings of names and `*` (the kubelet's allowedUnsafeSysctls)
 */
export function forbiddenSysctl({ spec }: Pod, allowed: readonly string[]): string | undefined {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const key = dotted(name);
    const namespace = allowedNamespace(key, allowed);
    const quoted = JSON.stringify(key);
    if (!namespace) return `forbidden sysctl: ${quoted} not allowlisted`;
    if (namespace === 'ipc' ? spec.hostIPC : spec.hostNetwork)
      return `forbidden sysctl: ${quoted} not allowed with host ${namespace} enabled`;
  }
  return undefined;
}
