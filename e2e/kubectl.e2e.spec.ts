import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, kubectlProcess, makeNamespace, tryKubectl } from './lib/kubectl.ts';

let ns: string;
const web = (image = 'windlass.dev/hello:1') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 2
      containers:
        - { name: web, image: "${image}", ports: [{ containerPort: 8080 }], readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 } }
`;
const k = (...args: string[]) => kubectl(['-n', ns, ...args]);
const json = (...args: string[]) => getJson(['-n', ns, ...args]);

beforeAll(async () => {
  ns = await makeNamespace('kubectl');
});
afterAll(() => dropNamespace(ns));

test('apply, rollout status, get in every form', async () => {
  expect(await kubectl(['-n', ns, 'apply', '-f', '-'], web())).toMatch('deployment.apps/web created');
  expect(await kubectl(['-n', ns, 'apply', '-f', '-'], web())).toMatch('deployment.apps/web unchanged');
  expect(await k('rollout', 'status', 'deployment/web', '--timeout=60s')).toMatch('successfully rolled out');
  const [header, ...rows] = (await k('get', 'pods', '-o', 'wide')).trim().split('\n');
  expect(header).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES/);
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toMatch(/^web-\S+ +1\/1 +Running +0 +\d+s +10\.\S+ +node-\d +<none> +<none>/);
  expect(await k('get', 'deployment', 'web', '-o', 'jsonpath={.status.readyReplicas}')).toBe('2');
  expect(await k('get', 'deploy', 'web', '-o', 'yaml')).toMatch(/^kind: Deployment$/m);
  expect(await k('get', 'deploy', 'web')).toMatch(/web +2\/2 +2 +2/);
  expect(await k('get', 'all')).toMatch('replicaset.apps/web-');
});

test('describe shows conditions and events', async () => {
  const text = await k('describe', 'pods', '-l', 'app=web');
  for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started']) expect(text).toMatch(new RegExp(`Normal +${reason}`));
  expect(text).toMatch(/^ {2}Ready +True/m);
  expect(await k('describe', 'deployment', 'web')).toMatch(/ScalingReplicaSet/);
});

test('label, annotate, patch of three types, edit, scale', async () => {
  await k('label', 'deployment', 'web', 'tier=front');
  await k('annotate', 'deployment', 'web', 'note=first');
  await k('patch', 'deployment', 'web', '--type=json', '-p', '[{"op":"add","path":"/metadata/labels/json","value":"1"}]');
  await k('patch', 'deployment', 'web', '--type=merge', '-p', '{"metadata":{"labels":{"merge":"1"}}}');
  await k(
    'patch',
    'deployment',
    'web',
    '-p',
    '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}',
  );
  process.env.KUBE_EDITOR = 'sed -i s/note:.first/note:\\ second/';
  await k('edit', 'deployment', 'web');
  const { metadata, spec } = await json('get', 'deployment', 'web');
  expect(metadata.labels).toMatchObject({ tier: 'front', json: '1', merge: '1' });
  expect(metadata.annotations.note).toBe('second');
  // Strategic merge kept what it did not name.
  expect(spec.template.spec.containers[0]).toMatchObject({ image: 'windlass.dev/hello:1', env: [{ name: 'A', value: '1' }] });
  await k('rollout', 'status', 'deployment/web', '--timeout=60s');
  expect(await k('scale', 'deployment/web', '--replicas=3')).toMatch('scaled');
  await eventually(async () => (await json('get', 'deployment', 'web')).status.readyReplicas === 3);
});

test('rollout history and undo', async () => {
  const before = (await json('get', 'deployment', 'web')).spec.template;
  await k('set', 'env', 'deployment/web', 'A=2');
  await k('rollout', 'status', 'deployment/web', '--timeout=60s');
  const revisions = (await k('rollout', 'history', 'deployment/web')).match(/^\d+/gm)!;
  expect(revisions.length).toBeGreaterThanOrEqual(3);
  await k('rollout', 'undo', 'deployment/web');
  await k('rollout', 'status', 'deployment/web', '--timeout=60s');
  expect((await json('get', 'deployment', 'web')).spec.template).toEqual(before);
});

test('a rollout never has fewer pods ready than it promises', async () => {
  let fewest = 99;
  let stop = false;
  const watching = (async () => {
    while (!stop) {
      const { items } = await json('get', 'pods', '-l', 'app=web');
      const ready = items.filter(
        (pod: { metadata: { deletionTimestamp?: string }; status: { conditions?: { type: string; status: string }[] } }) =>
          !pod.metadata.deletionTimestamp && pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
      );
      fewest = Math.min(fewest, ready.length);
    }
  })();
  await k('rollout', 'restart', 'deployment/web');
  await k('rollout', 'status', 'deployment/web', '--timeout=60s');
  stop = true;
  await watching;
  // 25% of three, rounded down: none may be missing.
  expect(fewest).toBeGreaterThanOrEqual(3);
});

test('get -w shows a pod on its way', async () => {
  const watch = kubectlProcess(['-n', ns, 'get', 'pods', '-w', '--no-headers']);
  await kubectl(['-n', ns, 'run', 'once', '--image=windlass.dev/busybox:1', '--restart=Never', '--', 'true']);
  await eventually(() => /once +0\/1 +Completed/.test(watch.output()));
  watch.kill();
  expect(watch.output()).toMatch(/once +0\/1 +(Pending|ContainerCreating)/);
  await k('delete', 'pod', 'once');
});

test('logs, logs -f, exec -i with its exit code', async () => {
  expect(await k('logs', 'deployment/web')).toMatch(/hello: listening on 8080 as web-/);
  await kubectl([
    '-n',
    ns,
    'run',
    'talk',
    '--image=windlass.dev/busybox:1',
    '--restart=Never',
    '--',
    'sh',
    '-c',
    'i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); sleep 0.1; done',
  ]);
  await k('wait', 'pod/talk', '--for=jsonpath={.status.phase}=Running', '--timeout=30s');
  const follow = kubectlProcess(['-n', ns, 'logs', '-f', 'talk']);
  await new Promise((resolve) => follow.once('exit', resolve));
  expect(follow.output().trim().split('\n')).toEqual(Array.from({ length: 50 }, (_, i) => `line ${i}`));
  expect(await k('logs', 'talk', '--tail=1')).toBe('line 49\n');
  const pod = (await json('get', 'pods', '-l', 'app=web')).items[0].metadata.name;
  expect(await kubectl(['-n', ns, 'exec', '-i', pod, '--', 'cat'], 'through and back')).toBe('through and back');
  expect(await tryKubectl(['-n', ns, 'exec', pod, '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'])).toMatchObject({
    code: 7,
    stdout: 'out\n',
    stderr: expect.stringContaining('err\n'),
  });
  await k('delete', 'pod', 'talk', '--grace-period=0', '--force');
});

test('delete with and without cascade and grace period', async () => {
  await k('delete', 'deployment', 'web', '--cascade=orphan');
  const sets = (await json('get', 'replicasets', '-l', 'app=web')).items;
  expect(sets.length).toBeGreaterThan(0);
  expect(sets.every((set: { metadata: { ownerReferences?: unknown[] } }) => !set.metadata.ownerReferences?.length)).toBe(true);
  const victim = (await json('get', 'pods', '-l', 'app=web')).items[0].metadata.name;
  await k('delete', 'pod', victim, '--grace-period=1');
  expect((await tryKubectl(['-n', ns, 'get', 'pod', victim])).stderr).toMatch(/NotFound/);
  await k('delete', 'replicasets', '-l', 'app=web', '--cascade=foreground');
  await eventually(async () => (await json('get', 'pods', '-l', 'app=web')).items.length === 0);
});

test('a deleted namespace takes everything in it along', async () => {
  const other = await makeNamespace('gone');
  await kubectl(['-n', other, 'create', 'configmap', 'c', '--from-literal=a=b']);
  await kubectl(['-n', other, 'apply', '-f', '-'], web());
  await kubectl(['delete', 'namespace', other, '--timeout=60s'], undefined, 70_000);
  expect((await tryKubectl(['get', 'namespace', other])).stderr).toMatch(`namespaces "${other}" not found`);
  expect((await tryKubectl(['-n', other, 'create', 'configmap', 'd'])).stderr).toMatch(`namespaces "${other}" not found`);
});

test('top nodes and pods', async () => {
  const text = await eventually(() => kubectl(['top', 'nodes', '--no-headers']), 40);
  expect(text.trim().split('\n')).toHaveLength(fixture().nodes.length);
  const pods = await eventually(() => kubectl(['top', 'pods', '-n', 'default', '--no-headers']), 40);
  expect(pods).toMatch(/hello-\S+ +\d+m +\d+Mi/);
});
