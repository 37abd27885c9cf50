import type { PodSandboxConfig } from '@windlass/host';
import type { Pod } from '@windlass/resources';
import { podLabels } from './names.ts';
import { containersOf } from './spec.ts';

export interface SandboxFacts {
  attempt: number;
  logDirectory: string;
  /** The pod's cgroup. */
  cgroupParent: string;
  dns: { servers: string[]; searches: string[]; options: string[] };
  clusterDomain: string;
}

const MAX_HOSTNAME = 63;

/** Host name and fully qualified name (with a subdomain) of a pod. */
export function podHostname(pod: Pod, clusterDomain: string): { hostname: string; fqdn?: string } {
  const { hostname: given, subdomain, hostnameOverride, setHostnameAsFQDN } = pod.spec;
  if (hostnameOverride) return { hostname: hostnameOverride };
  const hostname = (given ?? pod.metadata.name!).slice(0, MAX_HOSTNAME).replace(/[-.]+$/, '');
  if (!subdomain) return { hostname };
  const fqdn = `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}`;
  return { hostname: setHostnameAsFQDN ? fqdn : hostname, fqdn };
}

const id = (value: number | undefined) => (value === undefined ? undefined : { value });

/** Namespaces that the pod's containers share. */
export const namespaceOptions = ({ spec }: Pod) =>
  ({
    network: spec.hostNetwork ? 'NODE' : 'POD',
    pid: spec.hostPID ? 'NODE' : spec.shareProcessNamespace ? 'POD' : 'CONTAINER',
    ipc: spec.hostIPC ? 'NODE' : 'POD',
  }) as const;

export const supplementalGroups = ({ spec }: Pod): number[] => [
  ...(spec.securityContext?.fsGroup === undefined ? [] : [spec.securityContext.fsGroup]),
  ...(spec.securityContext?.supplementalGroups ?? []),
];

export function sandboxConfig(pod: Pod, facts: SandboxFacts): PodSandboxConfig {
  const { metadata, spec } = pod;
  const context = spec.securityContext;
  return {
    metadata: { name: metadata.name!, namespace: metadata.namespace!, uid: metadata.uid!, attempt: facts.attempt },
    // A pod on the node's network is in its UTS namespace too, where runc refuses to set a name.
    hostname: spec.hostNetwork ? '' : podHostname(pod, facts.clusterDomain).hostname,
    logDirectory: facts.logDirectory,
    dnsConfig: facts.dns,
    portMappings: [],
    labels: podLabels(pod),
    annotations: { ...metadata.annotations },
    linux: {
      cgroupParent: facts.cgroupParent,
      sysctls: Object.fromEntries((context?.sysctls ?? []).map(({ name, value }) => [name, value])),
      securityContext: {
        namespaceOptions: namespaceOptions(pod),
        runAsUser: id(context?.runAsUser),
        runAsGroup: context?.runAsUser === undefined ? undefined : id(context.runAsGroup),
        supplementalGroups: supplementalGroups(pod),
        privileged: containersOf(pod).some(({ container }) => container.securityContext?.privileged),
        seccomp: { profileType: 'RuntimeDefault' },
        selinuxOptions: context?.seLinuxOptions,
      },
    },
  };
}

/** A pod's /etc/hosts, unless it uses the node's network. */
export function hostsFile(pod: Pod, ips: readonly string[], clusterDomain: string): string {
  const { hostname, fqdn } = podHostname(pod, clusterDomain);
  const names = fqdn ? `${fqdn}\t${fqdn === hostname ? hostname.split('.')[0] : hostname}` : hostname;
  const aliases = (pod.spec.hostAliases ?? []).map(({ ip, hostnames }) => `${[ip, ...(hostnames ?? [])].join('\t')}\n`);
  return [
    '# Kubernetes-managed hosts file.\n',
    '127.0.0.1\tlocalhost\n',
    '::1\tlocalhost ip6-localhost ip6-loopback\n',
    'fe00::0\tip6-localnet\n',
    'fe00::0\tip6-mcastprefix\n',
    'fe00::1\tip6-allnodes\n',
    'fe00::2\tip6-allrouters\n',
    ...ips.map((ip) => `${ip}\t${names}\n`),
    ...(aliases.length ? ['\n# Entries added by HostAliases.\n', ...aliases] : []),
  ].join('');
}
