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

export const SYSCTL_FORBIDDEN = 'SysctlForbidden';

/** Slashes may separate the parts; then dots are part of a name, as in `net/ipv4/conf/eth0.1/mtu`. */
const dotted = (name: string): string => {
  const separator = /[./]/.exec(name)?.[0];
  return separator === '/' ? name.replaceAll(/[./]/g, (each) => (each === '/' ? '.' : '/')) : name;
};

/** Why the node refuses the pod for its sysctls, in the kubelet's words; undefined: it does not. */
export function forbiddenSysctl({ spec }: Pod): string | undefined {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const key = dotted(name);
    const namespace = Object.hasOwn(SAFE, key) ? SAFE[key] : undefined;
    const quoted = JSON.stringify(key);
    if (!namespace) return `forbidden sysctl: ${quoted} not allowlisted`;
    if (namespace === 'ipc' ? spec.hostIPC : spec.hostNetwork)
      return `forbidden sysctl: ${quoted} not allowed with host ${namespace} enabled`;
  }
  return undefined;
}
