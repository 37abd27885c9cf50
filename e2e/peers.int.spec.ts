import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { AnyObject } from '@windlass/meta';
import { httpClient, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';

/**
 * Programs that others wrote for Kubernetes in Go, against our API server with their defaults: `npm run peers` fetches and unpacks them. Those
 * that are absent are left out, and said so.
 */
const directory = process.env.WINDLASS_PEERS ?? '';
const at = (file: string) => path.join(directory, file);
const programs = {
  kubectl: at('kubernetes-client/usr/bin/kubectl'),
  prometheus: at('prometheus/usr/bin/prometheus'),
  kubecolor: at('kubecolor/usr/bin/kubecolor'),
  'kube-scheduler': process.env.WINDLASS_KUBE_SCHEDULER ?? '',
};
/** A test for those who have the program. */
const withProgram = (name: keyof typeof programs) => {
  const present = programs[name] !== '' && existsSync(programs[name]);
  if (!present) console.log(`left out: ${name} is not there (npm run peers)`);
  return present ? test : test.skip;
};

let server: TestApiServer;
let http: ReturnType<typeof httpClient>;
let scratch: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  server = await startTestApiServer();
  http = httpClient(server);
  scratch = mkdtempSync(path.join(tmpdir(), 'windlass-peers-'));
  await post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
}, 60_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  http?.close();
  await server?.stop();
  await stopDatabases();
  rmSync(scratch, { recursive: true, force: true });
}, 60_000);

async function post(url: string, body: object): Promise<AnyObject> {
  const { code, json } = await http.call(url, { method: 'POST', body });
  if (code !== 201) throw new Error(`POST ${url}: ${code} ${JSON.stringify(json)}`);
  return json;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely
type Json = any;
const get = async (url: string): Promise<Json> => (await http.call(url)).json;

/** Asks until the answer is something, or 30 s have passed. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask().catch((error: Error) => {
      if (Date.now() > deadline) throw error;
      return undefined;
    });
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

function start(name: string, program: string, args: string[]): () => string {
  const log = path.join(scratch, `${name}.log`);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: process.env });
  const file = createWriteStream(log);
  child.stdout.pipe(file, { end: false });
  child.stderr.pipe(file, { end: false });
  children.push(child);
  return () => readFileSync(log, 'utf8');
}

const node = (name: string, more: object = {}) => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec: {},
  status: {
    capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }],
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    nodeInfo: {},
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  },
  ...more,
});
const pod = (name: string, spec: object = {}, labels: object = { app: name }) => ({
  metadata: { name, labels },
  spec: { containers: [{ name: 'c', image: 'example/c', ports: [{ name: 'http', containerPort: 8080 }] }], ...spec },
});

/** A node that is ready: its taint for new nodes is taken away, as the node lifecycle controller does. */
async function readyNode(name: string): Promise<void> {
  await post('/api/v1/nodes', node(name));
  await http.call(`/api/v1/nodes/${name}/status`, {
    method: 'PATCH',
    type: 'application/merge-patch+json',
    body: { status: node(name).status },
  });
  await http.call(`/api/v1/nodes/${name}`, {
    method: 'PATCH',
    type: 'application/merge-patch+json',
    body: { spec: { taints: null } },
  });
}

describe("Debian's kubectl (1.20)", () => {
  const kubectlTest = withProgram('kubectl');
  let kubeconfig: string;
  const run = async (args: string[], program = programs.kubectl): Promise<string> => {
    kubeconfig ??= await server.kubeconfig('peer', ['system:masters']);
    const env = {
      ...process.env,
      KUBECONFIG: kubeconfig,
      HOME: scratch,
      PATH: `${path.dirname(programs.kubectl)}:${process.env.PATH}`,
    };
    return (await promisify(execFile)(program, args, { env, timeout: 25_000 })).stdout;
  };

  kubectlTest('makes, shows, changes and deletes objects', async () => {
    await run(['create', 'deployment', 'web', '--image=example/web:1', '--replicas=2']);
    expect(await run(['get', 'deployments'])).toMatch(/NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2/);
    await run(['set', 'image', 'deployment/web', 'web=example/web:2']);
    await run(['scale', 'deployment/web', '--replicas=3']);
    await run(['label', 'deployment/web', 'tier=front']);
    await run(['annotate', 'deployment/web', 'note=x']);
    await run(['patch', 'deployment', 'web', '-p', '{"spec":{"paused":true}}']);
    const web = JSON.parse(await run(['get', 'deployment', 'web', '-o', 'json']));
    expect(web).toMatchObject({
      metadata: { labels: { app: 'web', tier: 'front' }, annotations: { note: 'x' } },
      spec: { replicas: 3, paused: true, template: { spec: { containers: [{ image: 'example/web:2' }] } } },
    });
    expect(await run(['get', 'all', '-l', 'tier=front'])).toContain('deployment.apps/web');
    expect(await run(['describe', 'deployment', 'web'])).toMatch(/Replicas: +3 desired/);
    await run(['expose', 'deployment', 'web', '--port=80', '--target-port=8080']);
    expect(await run(['get', 'service', 'web', '-o', 'jsonpath={.spec.ports[0].targetPort}'])).toBe('8080');
    expect(await run(['delete', 'deployment,service', 'web', '--wait'])).toContain('deployment.apps "web" deleted');
  });

  kubectlTest('applies, in both ways, and tells differences', async () => {
    const file = path.join(scratch, 'map.yaml');
    writeFileSync(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: "1", b: "2"}\n');
    expect(await run(['apply', '-f', file])).toBe('configmap/applied created\n');
    expect(await run(['apply', '-f', file])).toBe('configmap/applied unchanged\n');
    writeFileSync(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: "1"}\n');
    await expect(run(['diff', '-f', file])).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('-  b: "2"') });
    expect(await run(['apply', '-f', file])).toBe('configmap/applied configured\n');
    expect(await run(['get', 'configmap', 'applied', '-o', 'jsonpath={.data}'])).toBe('{"a":"1"}');
    expect(await run(['apply', '--server-side', '--force-conflicts', '-f', file])).toBe('configmap/applied serverside-applied\n');
    expect(await run(['apply', '--dry-run=server', '-f', file])).toContain('(server dry run)');
  });

  kubectlTest('knows the resources, their fields and the rights of its user', async () => {
    expect(await run(['api-resources', '--verbs=list', '-o', 'name'])).toContain('endpointslices.discovery.k8s.io');
    expect(await run(['api-versions'])).toContain('apps/v1\n');
    expect(await run(['explain', 'pod.spec.containers.image'])).toMatch(/FIELD: +image <string>/);
    expect(await run(['auth', 'can-i', 'create', 'pods'])).toBe('yes\n');
    expect(await run(['version', '--short'])).toMatch(/Server Version: v1\.36/);
    expect(await run(['cluster-info'])).toContain('is running at');
  });

  withProgram('kubecolor')('kubecolor paints what it says', async () => {
    const painted = await run(['get', 'namespaces', '--force-colors'], programs.kubecolor);
    expect(painted).toContain('\u001b[');
    expect(painted).toContain('kube-system');
  });
});

withProgram('prometheus')(
  "Prometheus' Kubernetes discovery finds nodes, services, pods, endpoints, slices and ingresses, and follows them",
  async () => {
    await readyNode('scraped');
    const namespace = 'watched-by-prometheus';
    await post('/api/v1/namespaces', { metadata: { name: namespace } });
    await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
    const core = `/api/v1/namespaces/${namespace}`;
    const running = async (name: string, ip: string) => {
      await post(`${core}/pods`, pod(name, { nodeName: 'scraped' }));
      const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], hostIP: '127.0.0.1' };
      await http.call(`${core}/pods/${name}/status`, { method: 'PATCH', type: 'application/merge-patch+json', body: { status } });
    };
    await running('first', '192.0.2.11');
    await post(`${core}/services`, {
      metadata: { name: 'shop' },
      spec: { ports: [{ name: 'http', port: 80 }], selector: { app: 'first' } },
    });
    const targetRef = { kind: 'Pod', namespace, name: 'first' };
    await post(`${core}/endpoints`, {
      metadata: { name: 'shop' },
      subsets: [{ addresses: [{ ip: '192.0.2.11', targetRef }], ports: [{ name: 'http', port: 8080 }] }],
    });
    await post(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
      metadata: { name: 'shop-1', labels: { 'kubernetes.io/service-name': 'shop' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['192.0.2.11'], conditions: { ready: true }, targetRef }],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    });
    const backend = { service: { name: 'shop', port: { number: 80 } } };
    await post(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
      metadata: { name: 'front' },
      spec: { rules: [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
    });

    const kubeconfig = await server.kubeconfig('prometheus', ['system:masters']);
    const roles = ['node', 'service', 'pod', 'endpoints', 'endpointslice', 'ingress'];
    // Everything is dropped before it would be scraped: what discovery found is told all the same.
    const jobs = roles.map((role) => ({
      job_name: role,
      kubernetes_sd_configs: [
        { role, kubeconfig_file: kubeconfig, ...(role === 'node' ? {} : { namespaces: { names: [namespace] } }) },
      ],
      relabel_configs: [{ action: 'drop', source_labels: ['__address__'], regex: '.*' }],
    }));
    const config = path.join(scratch, 'prometheus.yml');
    writeFileSync(config, JSON.stringify({ scrape_configs: jobs }));
    const port = await freePort();
    const log = start('prometheus', programs.prometheus, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(scratch, 'tsdb')}`,
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
    await eventually('targets of every role', async () => {
      const targets = await found();
      missing = roles.filter((role) => !has(targets, role, wanted[role]!));
      return missing.length === 0;
    }).catch((error) => {
      throw new Error(`${error.message}; missing: ${missing}\n${log()}`);
    });
    await running('second', '192.0.2.12');
    await http.call(`${core}/pods/first?gracePeriodSeconds=0`, { method: 'DELETE' });
    await eventually('the new pod, without the old one', async () => {
      const targets = await found();
      const second = has(targets, 'pod', { [label('pod_name')]: 'second', [label('pod_ip')]: '192.0.2.12' });
      return second && !has(targets, 'pod', { [label('pod_name')]: 'first' });
    });
    expect(log()).not.toMatch(/level=(warn|error).*(kubernetes|reflector)/i);
  },
  90_000,
);

withProgram('kube-scheduler')(
  'kube-scheduler (1.20) elects itself, binds pods in protobuf, and says why it cannot',
  async () => {
    await readyNode('big');
    const kubeconfig = await server.kubeconfig('system:kube-scheduler', []);
    const log = start('kube-scheduler', programs['kube-scheduler'], [
      `--kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${await freePort()}`,
      `--cert-dir=${scratch}`,
      '--port=0',
      '--authentication-skip-lookup',
      '--leader-elect-resource-lock=leases',
      // It asks for policy/v1beta1, which Kubernetes has not served since 1.25.
      '--feature-gates=PodDisruptionBudget=false',
    ]);
    const pods = '/api/v1/namespaces/default/pods';
    await post(pods, pod('small', { nodeSelector: { 'kubernetes.io/hostname': 'big' } }));
    await post(pods, pod('picky', { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } }));
    try {
      const bound = await eventually('a bound pod', async () => {
        const found = await get(`${pods}/small`);
        return found.spec.nodeName && found;
      });
      expect(bound.spec.nodeName).toBe('big');
      expect(bound.status.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }));
      const picky = await eventually('a reason', async () => {
        const found = await get(`${pods}/picky`);
        return found.status.conditions && found;
      });
      expect(picky.status.conditions[0]).toMatchObject({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' });
      const events = await eventually('its events', async () => {
        const { items } = await get('/apis/events.k8s.io/v1/namespaces/default/events');
        const reasons = items.map(({ reason }: { reason: string }) => reason);
        return reasons.includes('Scheduled') && reasons.includes('FailedScheduling') && (items as Json[]);
      });
      expect(events.find(({ reason }: Json) => reason === 'Scheduled')).toMatchObject({
        note: 'Successfully assigned default/small to big',
      });
      const lease = await get('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler');
      expect(lease.spec.holderIdentity).toBeTruthy();
      // The condition that was missing comes about: it hears of it by its watch.
      await http.call('/api/v1/nodes/big', {
        method: 'PATCH',
        type: 'application/merge-patch+json',
        body: { metadata: { labels: { 'kubernetes.io/hostname': 'nowhere' } } },
      });
      expect((await eventually('the other pod', async () => (await get(`${pods}/picky`)).spec.nodeName)) as string).toBe('big');
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${log().slice(-3000)}`);
    }
  },
  120_000,
);
