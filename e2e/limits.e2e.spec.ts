import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

let ns: string;
const run = (name: string, script: string, limits: string, more = '') =>
  kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers:
    - name: c
      image: windlass.dev/busybox:1
      command: ["sh", "-c", ${JSON.stringify(script)}]
      resources: { limits: ${limits} }
${more}`,
  );
const status = async (name: string) => (await getJson(['-n', ns, 'get', 'pod', name])).status;

beforeAll(async () => {
  ns = await makeNamespace('limits');
});
afterAll(() => dropNamespace(ns));

test('a container above its memory limit is OOMKilled', async () => {
  await run('eater', 'x=a; while :; do x=$x$x; done', '{ memory: 32Mi, cpu: 500m }');
  const terminated = await eventually(async () => (await status('eater')).containerStatuses?.[0]?.state?.terminated, 60);
  expect(terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
  expect((await status('eater')).phase).toBe('Failed');
  expect(await kubectl(['-n', ns, 'get', 'pod', 'eater'])).toMatch(/eater +0\/1 +OOMKilled/);
});

test('a 200m CPU limit throttles to a fifth of a processor', async () => {
  // The cgroup's own account, over five seconds of an endless loop.
  const usage =
    "cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || awk '/usage_usec/{print $2*1000}' /sys/fs/cgroup/cpu.stat";
  await run(
    'spinner',
    `(while :; do :; done) & sleep 2; a=$(${usage}); sleep 5; b=$(${usage}); echo $a $b`,
    '{ cpu: 200m, memory: 32Mi }',
  );
  const [before, after] = (await eventually(async () => {
    const words = (await kubectl(['-n', ns, 'logs', 'spinner'])).trim().split(' ').map(Number);
    return words.length === 2 && words.every(Number.isFinite) && words;
  }, 30)) as [number, number];
  const share = (after - before) / 5e9;
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.25);
});

test('a fork bomb stays inside its pids limit and the neighbours answer', async () => {
  await run('bomb', 'b() { b | b & }; while :; do b 2>/dev/null; done', '{ cpu: 300m, memory: 64Mi }');
  await eventually(async () => ['Running', 'Failed'].includes((await status('bomb')).phase), 30);
  const deadline = Date.now() + 5000;
  while (Date.now() < deadline) {
    for (const ip of fixture().nodeIps) {
      const response = await fetch(`http://${ip}:30080/cgi-bin/hello`, { signal: AbortSignal.timeout(5000) });
      expect(response.status).toBe(200);
    }
  }
  await kubectl(['-n', ns, 'delete', 'pod', 'bomb', '--grace-period=0', '--force']);
});

test('restart policy with back-off', async () => {
  await kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    `
apiVersion: v1
kind: Pod
metadata: { name: crasher }
spec:
  terminationGracePeriodSeconds: 0
  containers: [{ name: c, image: "windlass.dev/busybox:1", command: ["false"] }]
`,
  );
  await eventually(async () => {
    const [container] = (await status('crasher')).containerStatuses ?? [];
    return container?.restartCount >= 1 && container.state.waiting?.reason === 'CrashLoopBackOff';
  }, 60);
  expect(await kubectl(['-n', ns, 'get', 'events', '--field-selector=involvedObject.name=crasher'])).toMatch('BackOff');
});

test('probes: not ready until it answers, restarted when it stops', async () => {
  await run(
    'probed',
    'sleep 3; touch /tmp/ready; sleep 3; rm /tmp/ready; sleep 3600',
    '{ memory: 32Mi }',
    `      readinessProbe: { exec: { command: [test, -e, /tmp/ready] }, periodSeconds: 1 }
`,
  );
  const ready = async () =>
    (await status('probed')).conditions?.find((c: { type: string }) => c.type === 'Ready')?.status === 'True';
  await eventually(async () => (await status('probed')).phase === 'Running');
  expect(await ready()).toBe(false);
  await eventually(ready, 10);
  await eventually(async () => !(await ready()), 15);
});
