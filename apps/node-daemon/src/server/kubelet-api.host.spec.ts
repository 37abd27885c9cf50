import https from 'node:https';
import { execInPod } from '../testing/exec-client.ts';
import { BUSYBOX, startTestNode, type TestNode } from '../testing/test-node.ts';

let node: TestNode;
const counting = 'i=0; while [ $i -lt 5 ]; do echo line $i; echo err $i >&2; i=$((i+1)); done; sleep 3600';

beforeAll(async () => {
  node = await startTestNode(1);
  await node.create('a', { containers: [{ name: 'c', image: BUSYBOX, command: ['sh', '-c', counting] }] });
  await node.running('a');
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const log = (query: string) =>
  node.api.admin.request<string>({ method: 'GET', path: `/api/v1/namespaces/default/pods/a/log?${query}`, accept: '*/*' });
const nodePath = (path: string) =>
  node.api.admin.request<string>({ method: 'GET', path: `/api/v1/nodes/${node.config.nodeName}/proxy${path}`, accept: '*/*' });

test('logs: whole, tail, limit, times, one stream', async () => {
  const text = await log('');
  expect(text.split('\n').sort()).toEqual([
    '',
    ...[0, 1, 2, 3, 4].flatMap((i) => [`err ${i}`]),
    ...[0, 1, 2, 3, 4].map((i) => `line ${i}`),
  ]);
  expect((await log('tailLines=2')).trim().split('\n')).toHaveLength(2);
  expect(await log('tailLines=0')).toBe('');
  expect(await log('limitBytes=3')).toHaveLength(3);
  expect(await log('timestamps=true&tailLines=1')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z (line|err) \d\n$/);
  expect(await log('stream=Stderr')).toBe('err 0\nerr 1\nerr 2\nerr 3\nerr 4\n');
  expect(await log(`sinceTime=${new Date(Date.now() + 60_000).toISOString()}`)).toBe('');
});

test.each([
  ['previous=true', 400, 'previous terminated container "c" in pod "a" not found'],
  ['container=nosuch', 400, 'container nosuch is not valid for pod a'],
  ['tailLines=-1', 422, 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
  ['tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
])('logs refuse %s', async (query, code, message) => {
  await expect(log(query)).rejects.toMatchObject({ status: { code, message: expect.stringContaining(message) } });
});

test('run answers with the output', async () => {
  const { nodeName } = node.config;
  const path = `/api/v1/nodes/${nodeName}/proxy/run/default/a/c?cmd=cat+/etc/hostname`;
  expect(await node.api.admin.request<string>({ method: 'POST', path, accept: '*/*' })).toBe('a\n');
});

test('exec: both outputs, exit code, end of stdin, much data', async () => {
  const command = ['sh', '-c', 'echo out; echo err >&2; exit 7'];
  const outcome = await execInPod(node.api, { pod: 'a', container: 'c', command });
  expect(outcome).toEqual({ stdout: 'out\n', stderr: 'err\n', code: 7 });
  const stdin = Buffer.alloc(5_000_000, 'x');
  const counted = await execInPod(node.api, { pod: 'a', container: 'c', command: ['wc', '-c'], stdin });
  expect(counted).toEqual({ stdout: '5000000\n', stderr: '', code: 0 });
  const wrong = execInPod(node.api, { pod: 'a', container: 'c', command: ['nosuch'] });
  await expect(wrong).rejects.toThrow(/executable file not found/);
});

test('statistics of the node and its pods', async () => {
  const { pods, node: machine } = JSON.parse(JSON.stringify(await nodePath('/stats/summary')));
  expect(machine.memory.workingSetBytes).toBeGreaterThan(0);
  const pod = pods.find((each: { podRef: { name: string } }) => each.podRef.name === 'a');
  expect(pod.containers[0]).toMatchObject({
    name: 'c',
    memory: { workingSetBytes: expect.any(Number) },
    logs: expect.anything(),
  });
  expect(pod.network.interfaces[0].name).toBe('eth0');
  expect(await nodePath('/metrics/resource')).toMatch(/^pod_memory_working_set_bytes\{namespace="default",pod="a"\} [1-9]/m);
  expect(await nodePath('/metrics/cadvisor')).toMatch(/^container_cpu_usage_seconds_total\{container="c",/m);
});

test('pods, healthz, configz', async () => {
  expect(await nodePath('/healthz')).toBe('ok');
  expect(await nodePath('/pods')).toMatchObject({ items: [{ metadata: { name: 'a' }, status: { phase: 'Running' } }] });
  expect(await nodePath('/configz')).toMatchObject({ kubeletconfig: { clusterDomain: 'cluster.local' } });
});

test('strangers are refused, users are authorized', async () => {
  const nodes = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false } as const;
  const { status } = await node.api.admin.resource(nodes).get({ name: node.config.nodeName });
  const ask = (headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) =>
      https
        .get(
          {
            host: '127.0.0.1',
            port: status.daemonEndpoints.kubeletEndpoint.Port,
            path: '/pods',
            ca: node.api.pki.caCert,
            headers,
          },
          (response) => {
            response.resume();
            resolve(response.statusCode!);
          },
        )
        .on('error', reject),
    );
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization: 'Bearer wrong' })).toBe(401);
});
