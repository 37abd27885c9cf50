import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AnyObject } from '@windlass/meta';
import { issueServingCertificate } from '@windlass/pki';
import { eventually, useApiServer } from '@windlass/testkit';

const NODES = { group: '', version: 'v1', resource: 'nodes', namespaced: false, kind: 'Node' } as const;
const ACCOUNTS = { group: '', version: 'v1', resource: 'serviceaccounts', namespaced: true, kind: 'ServiceAccount' } as const;
const PODS = { group: '', version: 'v1', resource: 'pods', namespaced: true, kind: 'Pod' } as const;
const api = useApiServer({ metricsResolutionSeconds: 0.2 });
let kubelet: https.Server;
let asked = 0;

/** A kubelet whose container `c` of pod default/p uses half a core. */
const answer = () => {
  const now = Date.now();
  const cpu = now / 2000;
  const labels = '{container="c",namespace="default",pod="p"}';
  return `container_cpu_usage_seconds_total${labels} ${cpu} ${now}
container_memory_working_set_bytes${labels} 4194304 ${now}
node_cpu_usage_seconds_total ${cpu * 2} ${now}
node_memory_working_set_bytes 8388608 ${now}
`;
};

beforeAll(async () => {
  const tls = await issueServingCertificate(api.server.pki, { commonName: 'system:node:n', hosts: ['127.0.0.1'] });
  kubelet = https.createServer({ ...tls, ca: api.server.pki.caCert, requestCert: true }, (request, response) => {
    asked++;
    response.end(request.url === '/metrics/resource' ? answer() : '');
  });
  await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve));
  const { port } = kubelet.address() as AddressInfo;
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  const nodes = api.server.admin.resource<AnyObject>(NODES);
  await nodes.create({ metadata: { name: 'n' } } as AnyObject);
  await nodes.patch({ name: 'n' }, { status }, { subresource: 'status' });
  const account = { metadata: { name: 'default', namespace: 'default' } } as AnyObject;
  await api.server.admin.resource<AnyObject>(ACCOUNTS).create(account);
  const pods = api.server.admin.resource<AnyObject>(PODS);
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  for (const name of ['p', 'unmeasured']) {
    await pods.create({ metadata: { name, namespace: 'default', labels: { app: name } }, spec } as AnyObject);
    await pods.patch({ name, namespace: 'default' }, { status: { phase: 'Running' } }, { subresource: 'status' });
  }
}, 60_000);
afterAll(async () => {
  kubelet?.close();
  kubelet?.closeAllConnections();
});

const get = (path: string) => api.server.admin.request<AnyObject>({ method: 'GET', path: `/apis/metrics.k8s.io/v1beta1${path}` });
const cores = (text: string) =>
  text.endsWith('n') ? Number(text.slice(0, -1)) / 1e9 : text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);

test('discovery shows the group as a metrics-server would', async () => {
  expect(await get('')).toMatchObject({
    groupVersion: 'metrics.k8s.io/v1beta1',
    resources: [
      { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
      { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
    ],
  });
});

test('rates come from two readings of a node', async () => {
  const node = await eventually(() => get('/nodes/n'));
  expect(node).toMatchObject({ kind: 'NodeMetrics', metadata: { name: 'n' }, usage: { memory: '8Mi' } });
  expect(cores(node.usage.cpu)).toBeCloseTo(1, 1);
  const pod = await get('/namespaces/default/pods/p');
  expect(pod).toMatchObject({
    kind: 'PodMetrics',
    metadata: { name: 'p', namespace: 'default', labels: { app: 'p' } },
    containers: [{ name: 'c', usage: { memory: '4Mi' } }],
  });
  expect(cores(pod.containers[0].usage.cpu)).toBeCloseTo(0.5, 1);
  expect(Date.now() - Date.parse(pod.timestamp)).toBeLessThan(5000);
  expect(asked).toBeGreaterThan(1);
});

test('lists follow label selectors and leave out what was not measured', async () => {
  await eventually(() => get('/nodes/n'));
  const names = (list: AnyObject) => list.items.map(({ metadata }: AnyObject) => metadata.name);
  const all = await get('/pods');
  expect(all.kind).toBe('PodMetricsList');
  expect(names(all)).toEqual(['p']);
  expect(names(await get('/namespaces/default/pods?labelSelector=app%3Dother'))).toEqual([]);
  expect(names(await get('/namespaces/kube-system/pods'))).toEqual([]);
  expect(names(await get('/nodes'))).toEqual(['n']);
});

test('what was not measured is not found', async () => {
  await expect(get('/namespaces/default/pods/unmeasured')).rejects.toMatchObject({
    status: { code: 404, message: 'podmetrics.metrics.k8s.io "default/unmeasured" not found' },
  });
  await expect(get('/nodes/x')).rejects.toMatchObject({ status: { message: 'nodemetrics.metrics.k8s.io "x" not found' } });
});
