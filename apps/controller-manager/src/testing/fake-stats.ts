import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AnyObject } from '@windlass/meta';
import { issueServingCertificate } from '@windlass/pki';
import type { Pod } from '@windlass/resources';
import { isPodActive } from '../shared/pods.ts';
import type { TestControllers } from './cluster.ts';

const START = Date.now();

/** A node `name` whose kubelet API says that each container of its pods uses `cores()`. @returns the function that ends it */
export async function startFakeStats(
  { server, kubelet, of }: TestControllers,
  name: string,
  cores: () => number,
): Promise<() => void> {
  const used = new Map<string, { cpu: number; at: number }>();
  /** Cumulative: what was used since the last look goes on top. */
  const advance = (id: string): number => {
    const now = Date.now();
    const last = used.get(id) ?? { cpu: 0, at: START };
    const cpu = last.cpu + ((now - last.at) / 1000) * cores();
    used.set(id, { cpu, at: now });
    return cpu;
  };
  const linesOf = (pod: Pod): string[] =>
    pod.spec.containers.flatMap((container) => {
      const labels = `{container="${container.name}",namespace="${pod.metadata.namespace}",pod="${pod.metadata.name}"}`;
      return [
        `container_cpu_usage_seconds_total${labels} ${advance(`${pod.metadata.uid}/${container.name}`)} ${Date.now()}`,
        `container_memory_working_set_bytes${labels} 1048576 ${Date.now()}`,
      ];
    });
  const tls = await issueServingCertificate(server.pki, { commonName: `system:node:${name}`, hosts: ['127.0.0.1'] });
  const listener = https.createServer({ ...tls, ca: server.pki.caCert, requestCert: true }, (_, response) => {
    const pods = kubelet.pods.store.list().filter((pod) => pod.spec.nodeName === name && isPodActive(pod));
    const node = [`node_cpu_usage_seconds_total 1 ${Date.now()}`, `node_memory_working_set_bytes 1 ${Date.now()}`];
    response.end(`${[...node, ...pods.flatMap(linesOf)].join('\n')}\n`);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  await of('nodes').create({ metadata: { name } } as AnyObject);
  await of('nodes').patch({ name }, { status }, { subresource: 'status' });
  return () => {
    listener.close();
    listener.closeAllConnections();
  };
}
