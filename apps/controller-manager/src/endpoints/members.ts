import type { Pod, Service, ServicePort } from '@windlass/resources';
import { isPodFinished, isPodReady } from '../shared/pods.ts';

/** A pod as an endpoint of a service, before it is put into Endpoints or slices. */
export interface Member {
  pod: Pod;
  ip: string;
  ports: MemberPort[];
  ready: boolean;
  serving: boolean;
  terminating: boolean;
  hostname?: string;
}

export interface MemberPort {
  name?: string;
  port: number;
  protocol: string;
  appProtocol?: string;
}

export type IpFamily = 'IPv4' | 'IPv6';
const familyOf = (ip: string): IpFamily => (ip.includes(':') ? 'IPv6' : 'IPv4');

export const familiesOf = ({ spec }: Service): IpFamily[] => {
  if (spec?.ipFamilies?.length) return spec.ipFamilies as IpFamily[];
  return [familyOf(spec?.clusterIP && spec.clusterIP !== 'None' ? spec.clusterIP : '0.0.0.0')];
};

export const isHeadless = ({ spec }: Service): boolean => spec?.clusterIP === 'None';

/** The pod's port that a service port leads to; undefined when the pod has no container port of the name. */
export function targetPort(pod: Pod, { targetPort: target, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (target === undefined || target === 0 || target === '') return port;
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars])
    for (const p of container.ports ?? []) if (p.name === target && (p.protocol ?? 'TCP') === protocol) return p.containerPort;
  return undefined;
}

/** The pods that are endpoints of a service in one address family. Finished pods and pods without an address are not. */
export function members(service: Service, pods: readonly Pod[], family: IpFamily): Member[] {
  const publish = service.spec?.publishNotReadyAddresses ?? false;
  return pods.flatMap((pod): Member[] => {
    const ips = pod.status?.podIPs?.length ? pod.status.podIPs.map((p) => p.ip) : [pod.status?.podIP];
    const ip = ips.find((address) => address && familyOf(address) === family);
    if (!ip || isPodFinished(pod)) return [];
    const serving = isPodReady(pod);
    const terminating = !!pod.metadata.deletionTimestamp;
    const named = pod.spec.hostname && pod.spec.subdomain === service.metadata.name;
    const ports = (service.spec?.ports ?? []).flatMap((port): MemberPort[] => {
      const target = targetPort(pod, port);
      const { name, protocol = 'TCP', appProtocol } = port;
      return target === undefined ? [] : [{ name: name ?? '', port: target, protocol, appProtocol }];
    });
    const ready = publish || (serving && !terminating);
    return [{ pod, ip, ports, ready, serving, terminating, hostname: named ? pod.spec.hostname : undefined }];
  });
}

/** What endpoints say of their pod. */
export const targetRef = ({ metadata }: Pod) => ({
  kind: 'Pod',
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
});
