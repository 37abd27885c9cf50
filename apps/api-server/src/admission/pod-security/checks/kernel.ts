import type { SELinuxOptions } from '@windlass/resources';
import { allContainers } from '@windlass/resources';
import { type Check, type CheckFunction, plural, quoted, settersText, sorted } from './check.ts';

const SYSCTLS: readonly { since: number; names: readonly string[] }[] = [
  {
    since: 0,
    names: [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  },
  { since: 27, names: ['net.ipv4.ip_local_reserved_ports'] },
  {
    since: 29,
    names: [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  },
  { since: 32, names: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'] },
];

const onlySysctls =
  (allowed: ReadonlySet<string>): CheckFunction =>
  ({ spec }) => {
    const forbidden = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.has(name));
    return forbidden.length > 0 ? { reason: 'forbidden sysctls', detail: forbidden.join(', ') } : undefined;
  };

export const sysctls: Check = {
  id: 'sysctls',
  versions: SYSCTLS.map(({ since }, i) => ({
    since,
    check: onlySysctls(new Set(SYSCTLS.slice(0, i + 1).flatMap(({ names }) => names))),
  })),
};

const onlySeLinuxTypes =
  (allowed: readonly string[]): CheckFunction =>
  ({ spec }) => {
    const isBad = (options: SELinuxOptions | undefined): boolean =>
      options !== undefined && Boolean(!allowed.includes(options.type ?? '') || options.user || options.role);
    const ofPod = spec.securityContext?.seLinuxOptions;
    const containers = allContainers(spec).filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions));
    const bad = [...(isBad(ofPod) ? [ofPod!] : []), ...containers.map((one) => one.securityContext!.seLinuxOptions!)];
    if (bad.length === 0) return undefined;
    const types = sorted(bad.map(({ type = '' }) => type).filter((type) => !allowed.includes(type)));
    const details = [
      ...(types.length > 0 ? [`${plural('type', types.length)} ${quoted(types)}`] : []),
      ...(bad.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(bad.some(({ role }) => role) ? ['role may not be set'] : []),
    ];
    const who = settersText(
      isBad(ofPod),
      containers.map(({ name }) => name),
    );
    return { reason: 'seLinuxOptions', detail: `${who} set forbidden securityContext.seLinuxOptions: ${details.join('; ')}` };
  };

const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  versions: [
    { since: 0, check: onlySeLinuxTypes(TYPES) },
    { since: 31, check: onlySeLinuxTypes([...TYPES, 'container_engine_t']) },
  ],
};
