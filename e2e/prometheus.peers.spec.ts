import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from './lib/eventually.ts';
import { freePort } from './lib/free-port.ts';
import { type PeerServer, peerProgram, pod, startPeerServer } from './lib/peer-server.ts';

const PROMETHEUS = peerProgram('prometheus/usr/bin/prometheus');

let peer: PeerServer;
beforeAll(async () => {
  peer = await startPeerServer();
}, 60_000);
afterAll(() => peer?.stop(), 60_000);

test("Prometheus' Kubernetes discovery finds nodes, services, pods, endpoints, slices and ingresses, and follows them", async () => {
  await peer.readyNode('scraped');
  const namespace = 'watched-by-prometheus';
  await peer.post('/api/v1/namespaces', { metadata: { name: namespace } });
  await peer.post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
  const core = `/api/v1/namespaces/${namespace}`;
  const running = async (name: string, ip: string) => {
    await peer.post(`${core}/pods`, pod(name, { nodeName: 'scraped' }));
    const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], hostIP: '127.0.0.1' };
    await peer.http.call(`${core}/pods/${name}/status`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { status },
    });
  };
  await running('first', '192.0.2.11');
  await peer.post(`${core}/services`, {
    metadata: { name: 'shop' },
    spec: { ports: [{ name: 'http', port: 80 }], selector: { app: 'first' } },
  });
  const targetRef = { kind: 'Pod', namespace, name: 'first' };
  await peer.post(`${core}/endpoints`, {
    metadata: { name: 'shop' },
    subsets: [{ addresses: [{ ip: '192.0.2.11', targetRef }], ports: [{ name: 'http', port: 8080 }] }],
  });
  await peer.post(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
    metadata: { name: 'shop-1', labels: { 'kubernetes.io/service-name': 'shop' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.11'], conditions: { ready: true }, targetRef }],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  });
  const backend = { service: { name: 'shop', port: { number: 80 } } };
  await peer.post(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
    metadata: { name: 'front' },
    spec: { rules: [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  });

  const kubeconfig = await peer.server.kubeconfig('prometheus', ['system:masters']);
  const roles = ['node', 'service', 'pod', 'endpoints', 'endpointslice', 'ingress'];
  // Everything is dropped before it would be scraped: what discovery found is told all the same.
  const jobs = roles.map((role) => ({
    job_name: role,
    kubernetes_sd_configs: [
      { role, kubeconfig_file: kubeconfig, ...(role === 'node' ? {} : { namespaces: { names: [namespace] } }) },
    ],
    relabel_configs: [{ action: 'drop', source_labels: ['__address__'], regex: '.*' }],
  }));
  const config = path.join(peer.scratch, 'prometheus.yml');
  writeFileSync(config, JSON.stringify({ scrape_configs: jobs }));
  const port = await freePort();
  const log = peer.start('prometheus', PROMETHEUS, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${path.join(peer.scratch, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  type Labels = Record<string, string>;
  const found = async (): Promise<Labels[]> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/targets?state=dropped`);
    const { data } = (await answer.json()) as { data: { droppedTargets: { discoveredLabels: Labels }[] } };
    return data.droppedTargets.map(({ discoveredLabels }) => discoveredLabels);
  };
  const label = (name: string) => `__meta_kubernetes_${name}`;
  const wanted: Record<string, Labels> = {
    node: { [label('node_name')]: 'scraped', __address__: '127.0.0.1:10250' },
    service: { [label('service_name')]: 'shop', [label('service_port_name')]: 'http' },
    pod: { [label('pod_name')]: 'first', [label('pod_ip')]: '192.0.2.11', [label('pod_label_app')]: 'first' },
    endpoints: { [label('endpoints_name')]: 'shop', [label('pod_name')]: 'first', [label('service_name')]: 'shop' },
    endpointslice: {
      [label('endpointslice_name')]: 'shop-1',
      [label('pod_name')]: 'first',
      [label('pod_container_name')]: 'c',
    },
    ingress: { [label('ingress_name')]: 'front', [label('ingress_host')]: 'shop.example' },
  };
  const has = (targets: Labels[], job: string, labels: Labels) =>
    targets.some((target) => target.job === job && Object.entries(labels).every(([key, value]) => target[key] === value));
  let missing: string[] = roles;
  await eventually(async () => {
    const targets = await found();
    missing = roles.filter((role) => !has(targets, role, wanted[role]!));
    return missing.length === 0;
  }).catch((error) => {
    throw new Error(`${error.message}; missing: ${missing}\n${log()}`);
  });
  await running('second', '192.0.2.12');
  await peer.http.call(`${core}/pods/first?gracePeriodSeconds=0`, { method: 'DELETE' });
  await eventually(async () => {
    const targets = await found();
    const second = has(targets, 'pod', { [label('pod_name')]: 'second', [label('pod_ip')]: '192.0.2.12' });
    return second && !has(targets, 'pod', { [label('pod_name')]: 'first' });
  });
  expect(log()).not.toMatch(/level=(warn|error).*(kubernetes|reflector)/i);
}, 90_000);
