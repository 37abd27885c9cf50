import type { Pod } from '@windlass/resources';
import { BUSYBOX, startTestNode, type TestNode } from '../testing/test-node.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode(2);
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const sh = (name: string, script: string, more: object = {}) => ({
  name,
  image: BUSYBOX,
  command: ['sh', '-c', script],
  ...more,
});
const sleeper = (name = 'c', more: object = {}) => sh(name, 'trap "exit 0" TERM; while :; do sleep 0.1; done', more);
const shared = { volumes: [{ name: 'v', emptyDir: {} }] };
const mount = { volumeMounts: [{ name: 'v', mountPath: '/v' }] };
const statusOf = (pod: Pod, name: string) =>
  [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.ephemeralContainerStatuses ?? []),
  ].find((each) => each.name === name);
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((each) => each.type === type)?.status;

test('init containers run in order to their end, then the app', async () => {
  await node.create('init', {
    ...shared,
    initContainers: [sh('one', 'echo one >> /v/order', mount), sh('two', 'echo two >> /v/order', mount)],
    containers: [sh('c', 'echo app >> /v/order; sleep 100', mount)],
  });
  const pod = await node.running('init');
  expect(await node.exec('init', 'cat /v/order')).toBe('one\ntwo\napp\n');
  expect(statusOf(pod, 'one')).toMatchObject({ ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } });
  expect(condition(pod, 'Initialized')).toBe('True');
});

test('a failing init container fails a pod that never restarts, and is tried again otherwise', async () => {
  await node.create('never', { restartPolicy: 'Never', initContainers: [sh('i', 'exit 3')], containers: [sleeper()] });
  const failed = await node.until('never', ({ status }) => status?.phase === 'Failed');
  expect(statusOf(failed, 'i')).toMatchObject({ state: { terminated: { exitCode: 3, reason: 'Error' } } });
  expect(statusOf(failed, 'c')).toMatchObject({ state: { waiting: { reason: 'PodInitializing' } } });
  await node.create('again', {
    ...shared,
    initContainers: [sh('i', 'test -e /v/x || { touch /v/x; exit 1; }', mount)],
    containers: [sleeper()],
  });
  const pod = await node.running('again', 30);
  expect(statusOf(pod, 'i')).toMatchObject({ restartCount: 1 });
});

test('a sidecar starts before and ends after the app', async () => {
  await node.create('sidecar', {
    ...shared,
    restartPolicy: 'Never',
    initContainers: [
      sh('side', 'trap "echo side-end >> /v/order; exit 0" TERM; echo side >> /v/order; while :; do sleep 0.1; done', {
        ...mount,
        restartPolicy: 'Always',
        startupProbe: { exec: { command: ['test', '-s', '/v/order'] }, periodSeconds: 1 },
      }),
    ],
    containers: [sh('c', 'sleep 1; echo app >> /v/order; cat /v/order', mount)],
  });
  const pod = await node.until('sidecar', ({ status }) => status?.phase === 'Succeeded', 30);
  expect(statusOf(pod, 'side')?.state?.terminated).toBeDefined();
  const { path } = { path: '/api/v1/namespaces/default/pods/sidecar/log?container=c' };
  expect(await node.api.admin.request<string>({ method: 'GET', path, accept: '*/*' })).toBe('side\napp\n');
});

test('postStart delays Running; preStop runs before the end; sleep hook', async () => {
  await node.create('hooks', {
    terminationGracePeriodSeconds: 20,
    volumes: [{ name: 'v', hostPath: { path: node.config.stateDir } }],
    containers: [
      sleeper('c', {
        ...mount,
        lifecycle: {
          postStart: { exec: { command: ['sh', '-c', 'echo started > /v/post'] } },
          preStop: { exec: { command: ['sh', '-c', 'cat /v/post > /v/pre'] } },
        },
      }),
    ],
  });
  await node.running('hooks');
  await node.delete('hooks');
  await node.create('read', {
    volumes: [{ name: 'v', hostPath: { path: node.config.stateDir } }],
    containers: [sleeper('c', mount)],
  });
  await node.running('read');
  expect(await node.exec('read', 'cat /v/pre')).toBe('started\n');
  await node.create('slept', {
    terminationGracePeriodSeconds: 20,
    containers: [sleeper('c', { lifecycle: { preStop: { sleep: { seconds: 2 } } } })],
  });
  await node.running('slept');
  const begun = Date.now();
  await node.delete('slept');
  expect(Date.now() - begun).toBeGreaterThan(1900);
}, 40_000);

test('a container that ignores TERM is killed after the grace period', async () => {
  await node.create('deaf', {
    terminationGracePeriodSeconds: 2,
    containers: [sh('c', 'trap "" TERM; while :; do sleep 1; done')],
  });
  await node.running('deaf');
  const begun = Date.now();
  await node.delete('deaf');
  expect(Date.now() - begun).toBeGreaterThan(1900);
  expect(Date.now() - begun).toBeLessThan(8000);
}, 30_000);

test('probes: http, tcp and exec decide on readiness', async () => {
  const server = 'mkdir -p /tmp/w; echo ok > /tmp/w/ok; httpd -p 8080 -h /tmp/w; while :; do sleep 0.1; done';
  const probe = { periodSeconds: 1, failureThreshold: 1 };
  await node.create('probed', {
    containers: [
      sh('http', server, { readinessProbe: { httpGet: { path: '/ok', port: 8080 }, ...probe } }),
      sh('tcp', 'sleep 100', { readinessProbe: { tcpSocket: { port: 8080 }, ...probe } }),
      sh('exec', 'sleep 1; touch /tmp/ready; sleep 100', {
        readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, ...probe },
      }),
    ],
  });
  await node.until('probed', (pod) => condition(pod, 'Ready') === 'True', 20);
}, 30_000);

test('a failed liveness probe restarts the container', async () => {
  await node.create('live', {
    containers: [
      sh('live', 'touch /tmp/alive; sleep 1; rm /tmp/alive; sleep 100', {
        livenessProbe: { exec: { command: ['test', '-e', '/tmp/alive'] }, periodSeconds: 1, failureThreshold: 1 },
      }),
    ],
  });
  const pod = await node.until('live', (each) => (statusOf(each, 'live')?.restartCount ?? 0) > 0, 20);
  expect(statusOf(pod, 'live')?.lastState?.terminated).toBeDefined();
  const reasons = (await node.events('live')).map(({ reason, message }) => `${reason} ${message}`);
  expect(reasons).toContainEqual(expect.stringMatching(/^Unhealthy Liveness probe failed/));
  expect(reasons).toContainEqual('Killing Container live failed liveness probe, will be restarted');
}, 30_000);

test('a readiness gate holds Ready back until its condition is true', async () => {
  await node.create('gated', { readinessGates: [{ conditionType: 'example.com/ok' }], containers: [sleeper()] });
  const pod = await node.until('gated', (each) => condition(each, 'ContainersReady') === 'True');
  expect(condition(pod, 'Ready')).toBe('False');
  await node.api.admin
    .resource({ group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true })
    .patch(
      { name: 'gated', namespace: 'default' },
      { status: { conditions: [{ type: 'example.com/ok', status: 'True' }] } },
      { type: 'strategic', subresource: 'status' },
    );
  await node.until('gated', (each) => condition(each, 'Ready') === 'True');
});

test('restart policies, CrashLoopBackOff, termination messages', async () => {
  await node.create('once', { restartPolicy: 'OnFailure', containers: [sh('c', 'echo bye > /dev/termination-log; exit 0')] });
  const done = await node.until('once', ({ status }) => status?.phase === 'Succeeded');
  expect(statusOf(done, 'c')?.state?.terminated).toMatchObject({ reason: 'Completed', message: 'bye\n' });
  await node.create('crash', {
    containers: [sh('c', 'echo last words; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' })],
  });
  const pod = await node.until('crash', (each) => statusOf(each, 'c')?.state?.waiting?.reason === 'CrashLoopBackOff');
  expect(statusOf(pod, 'c')?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error', message: 'last words\n' });
  expect(condition(pod, 'Ready')).toBe('False');
});

test('an active deadline fails the pod', async () => {
  await node.create('late', { activeDeadlineSeconds: 1, containers: [sleeper()] });
  const pod = await node.until('late', ({ status }) => status?.phase === 'Failed');
  expect(pod.status?.reason).toBe('DeadlineExceeded');
});

test('an ephemeral container joins a running pod and sees its target', async () => {
  await node.create('debugged', { containers: [sleeper('target')] });
  await node.running('debugged');
  const ephemeralContainers = [
    { name: 'dbg', image: BUSYBOX, command: ['sh', '-c', 'ps; sleep 100'], targetContainerName: 'target' },
  ];
  await node.api.admin
    .resource({ group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true })
    .patch(
      { name: 'debugged', namespace: 'default' },
      { spec: { ephemeralContainers } },
      { type: 'strategic', subresource: 'ephemeralcontainers' },
    );
  const pod = await node.until('debugged', (each) => statusOf(each, 'dbg')?.state?.running);
  expect(statusOf(pod, 'dbg')?.restartCount).toBe(0);
  expect(await node.exec('debugged', 'cat /proc/1/cmdline', 'dbg')).toMatch(/trap/);
});

test("image trouble has the kubelet's reasons", async () => {
  await node.create('absent', { containers: [{ name: 'c', image: 'windlass.dev/none:1', imagePullPolicy: 'Never' }] });
  await node.until('absent', (pod) => statusOf(pod, 'c')?.state?.waiting?.reason === 'ErrImageNeverPull');
  await node.create('unreachable', { containers: [{ name: 'c', image: '127.0.0.1:1/none:1' }] });
  await node.until('unreachable', (pod) =>
    /^(ErrImagePull|ImagePullBackOff)$/.test(statusOf(pod, 'c')?.state?.waiting?.reason ?? ''),
  );
  await node.create('badname', { containers: [{ name: 'c', image: 'UPPER' }] });
  await node.until('badname', (pod) => statusOf(pod, 'c')?.state?.waiting?.reason === 'InvalidImageName');
});

test('a daemon that restarts adopts what runs', async () => {
  await node.create('kept', { containers: [sleeper()] });
  const before = await node.running('kept');
  await node.restart();
  await node.create('after', { containers: [sleeper()] });
  await node.running('after');
  const after = await node.get('kept');
  expect(statusOf(after, 'c')?.containerID).toBe(statusOf(before, 'c')?.containerID);
  expect(after.status?.phase).toBe('Running');
}, 40_000);
