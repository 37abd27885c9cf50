import type { LifecycleHandler, Probe } from '@windlass/resources';
import { allContainers } from '@windlass/resources';
import { type Check, containersText, containersWith, plural, quoted, settersText, sorted } from './check.ts';

export const hostNamespaces: Check = {
  id: 'hostNamespaces',
  versions: [
    {
      since: 0,
      check({ spec }) {
        const set = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
        return set.length > 0 ? { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') } : undefined;
      },
    },
  ],
};

export const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  versions: [
    {
      since: 0,
      check({ spec }) {
        const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
        return names.length > 0
          ? { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quoted(names)}` }
          : undefined;
      },
    },
  ],
};

export const hostPorts: Check = {
  id: 'hostPorts',
  versions: [
    {
      since: 0,
      check(pod) {
        const containers = containersWith(pod, ({ ports }) => ports?.some(({ hostPort }) => hostPort));
        if (containers.length === 0) return undefined;
        const ports = sorted(
          allContainers(pod.spec)
            .flatMap((container) => (container.ports ?? []).flatMap(({ hostPort }) => hostPort || []))
            .map(String),
        );
        const verb = containers.length === 1 ? 'uses' : 'use';
        return {
          reason: 'hostPort',
          detail: `${containersText(containers)} ${verb} ${plural('hostPort', ports.length)} ${ports.join(', ')}`,
        };
      },
    },
  ],
};

const hostsOf = (action: Probe | LifecycleHandler | undefined): string[] =>
  [action?.httpGet?.host, action?.tcpSocket?.host].flatMap((host) => host || []);

export const hostProbesAndHostLifecycle: Check = {
  id: 'hostProbesAndHostLifecycle',
  versions: [
    {
      since: 34,
      check({ spec }) {
        const named = allContainers(spec)
          .map(({ name, livenessProbe, readinessProbe, startupProbe, lifecycle }) => ({
            name,
            hosts: [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(hostsOf),
          }))
          .filter(({ hosts }) => hosts.length > 0);
        if (named.length === 0) return undefined;
        const containers = sorted(named.map(({ name }) => name));
        const hosts = sorted(named.flatMap((one) => one.hosts));
        const what = plural('probe or lifecycle host', hosts.length);
        return {
          reason: 'probe or lifecycle host',
          detail: `${containersText(containers)} ${containers.length === 1 ? 'uses' : 'use'} ${what} ${quoted(hosts)}`,
        };
      },
    },
  ],
};

export const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  versions: [
    {
      since: 0,
      check(pod) {
        const isPod = pod.spec.securityContext?.windowsOptions?.hostProcess === true;
        const containers = containersWith(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess);
        return isPod || containers.length > 0
          ? {
              reason: 'hostProcess',
              detail: `${settersText(isPod, containers)} must not set securityContext.windowsOptions.hostProcess=true`,
            }
          : undefined;
      },
    },
  ],
};
