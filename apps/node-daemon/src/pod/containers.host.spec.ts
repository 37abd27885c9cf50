import { jest } from '@jest/globals';
import type { ConfigMap, Pod, Secret } from '@windlass/resources';
import { BUSYBOX, CONFIG_MAPS, EVENTS, PODS, startTestNode, type TestNode } from '../testing/test-node.ts';

const SECRETS = { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced: true } as const;
const metadata = (name: string) => ({ name, namespace: 'default' });

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode(4);
  const data = { 'data-1': 'value-1', other: 'value-2' };
  await node.api.admin.resource<ConfigMap>(CONFIG_MAPS).create({ metadata: metadata('map'), data } as ConfigMap);
  const hidden = Buffer.from('hidden').toString('base64');
  await node.api.admin.resource<Secret>(SECRETS).create({ metadata: metadata('sec'), data: { key: hidden } } as Secret);
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const script = (text: string, more: object = {}) => ({ name: 'c', image: BUSYBOX, command: ['sh', '-c', text], ...more });
const keep = (more: object = {}) => script('trap "exit 0" TERM; while :; do sleep 0.1; done', more);
const statusOf = (pod: Pod) => pod.status?.containerStatuses?.[0];
const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const resource = (name: string, each: string, divisor?: string) => ({
  name,
  valueFrom: { resourceFieldRef: { resource: each, divisor } },
});

test('environment: fields, resources, keys, whole objects with prefixes, references', async () => {
  await node.create('env', {
    serviceAccountName: 'default',
    containers: [
      keep({
        resources: { limits: { cpu: '1250m', memory: '64Mi' }, requests: { cpu: '10m', memory: '32Mi' } },
        envFrom: [{ prefix: 'P_', configMapRef: { name: 'map' } }, { secretRef: { name: 'sec' } }],
        env: [
          field('NAME', 'metadata.name'),
          field('NAMESPACE', 'metadata.namespace'),
          field('UID_', 'metadata.uid'),
          field('IP', 'status.podIP'),
          field('HOST', 'status.hostIP'),
          field('HOSTS', 'status.hostIPs'),
          field('NODE', 'spec.nodeName'),
          field('ACCOUNT', 'spec.serviceAccountName'),
          resource('CPU', 'limits.cpu'),
          resource('CPU_MILLI', 'requests.cpu', '1m'),
          resource('MEMORY', 'requests.memory'),
          { name: 'ONE', valueFrom: { configMapKeyRef: { name: 'map', key: 'data-1' } } },
          { name: 'TWO', valueFrom: { secretKeyRef: { name: 'sec', key: 'key' } } },
          { name: 'NONE', valueFrom: { configMapKeyRef: { name: 'no', key: 'x', optional: true } } },
          { name: 'BOTH', value: '$(ONE)-$(TWO)-$$(ONE)-$(UNKNOWN)' },
        ],
      }),
    ],
  });
  const pod = await node.running('env');
  const env = new Map(
    (await node.exec('env', 'tr "\\0" "\\n" < /proc/1/environ'))
      .split('\n')
      .map((line) => line.split(/=(.*)/s) as [string, string]),
  );
  expect(Object.fromEntries(env)).toMatchObject({
    'P_data-1': 'value-1',
    P_other: 'value-2',
    key: 'hidden',
    NAME: 'env',
    NAMESPACE: 'default',
    UID_: pod.metadata.uid,
    IP: pod.status!.podIP,
    HOST: '127.0.0.1',
    HOSTS: '127.0.0.1',
    NODE: node.config.nodeName,
    ACCOUNT: 'default',
    CPU: '2',
    CPU_MILLI: '10',
    MEMORY: String(32 * 1024 ** 2),
    ONE: 'value-1',
    TWO: 'hidden',
    BOTH: 'value-1-hidden-$(ONE)-$(UNKNOWN)',
  });
  expect(env.has('NONE')).toBe(false);
}, 40_000);

test('security context: users, read-only root, no new privileges, capabilities, privileged, sysctls', async () => {
  const status = 'grep -E "^(NoNewPrivs|CapEff)" /proc/self/status | tr "\\t\\n" "  "';
  await node.create('user', {
    securityContext: {
      runAsUser: 1001,
      runAsGroup: 2001,
      sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '77' }],
    },
    containers: [
      keep({ securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false } }),
      keep({ name: 'own', securityContext: { runAsUser: 65534, capabilities: { drop: ['ALL'] } } }),
      keep({ name: 'root', securityContext: { runAsUser: 0, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } } }),
    ],
  });
  await node.running('user');
  expect(await node.exec('user', 'echo $(id -u) $(id -g); touch /x 2>&1 | grep -c Read-only')).toBe('1001 2001\n1\n');
  expect(await node.exec('user', status)).toMatch(/NoNewPrivs: +1/);
  expect(await node.exec('user', 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start')).toBe('77\n');
  expect(await node.exec('user', 'id -u', 'own')).toBe('65534\n');
  expect(await node.exec('user', status, 'root')).toMatch(/CapEff: +0000000000001000/);
  expect(await node.exec('user', 'ip link add dummy9 type dummy 2>&1 | grep -c .; touch /x; ls /x', 'root')).toMatch(/\/x\n$/);
  await node.create('nonroot', { containers: [keep({ securityContext: { runAsNonRoot: true } })] });
  const refused = await node.until('nonroot', (pod) => statusOf(pod)?.state?.waiting?.reason === 'CreateContainerConfigError');
  expect(statusOf(refused)?.state?.waiting?.message).toMatch(
    /^container has runAsNonRoot and image will run as root \(pod: "nonroot_/,
  );
}, 40_000);

test('a pod with an unsafe sysctl is refused', async () => {
  await node.create('unsafe', {
    securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '10000' }] },
    containers: [keep()],
  });
  const { status } = await node.until('unsafe', (pod) => pod.status?.phase === 'Failed');
  const message = 'forbidden sysctl: "kernel.msgmax" not allowlisted';
  expect(status).toMatchObject({ reason: 'SysctlForbidden', message: `Pod was rejected: ${message}` });
  expect(await node.events('unsafe')).toMatchObject([{ type: 'Warning', reason: 'SysctlForbidden', message }]);
}, 40_000);

test('hostAliases and host name in /etc/hosts; one process namespace for all containers when asked', async () => {
  await node.create('hosts', {
    hostname: 'given',
    shareProcessNamespace: true,
    hostAliases: [{ ip: '123.45.67.89', hostnames: ['foo', 'bar'] }],
    containers: [keep(), script('exec sleep 4321', { name: 'other' })],
  });
  const { status } = await node.running('hosts');
  const hosts = await node.exec('hosts', 'cat /etc/hosts');
  expect(hosts).toContain('# Kubernetes-managed hosts file.');
  expect(hosts).toContain(`${status!.podIP}\tgiven\n`);
  expect(hosts).toContain('# Entries added by HostAliases.\n123.45.67.89\tfoo\tbar\n');
  expect(await node.exec('hosts', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "')).toContain('sleep 4321');
}, 40_000);

test('http hooks are called after the start and before the end', async () => {
  const note = '#!/bin/sh\necho "$QUERY_STRING" >> /v/calls\nprintf "Content-Type: text/plain\\r\\n\\r\\nnoted"\n';
  const web = `mkdir -p /w/cgi-bin; printf %s '${note}' > /w/cgi-bin/note; chmod +x /w/cgi-bin/note;`;
  await node.create('web', {
    volumes: [{ name: 'v', emptyDir: {} }],
    containers: [script(`${web} exec httpd -f -p 8080 -h /w`, { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
  });
  const { status } = await node.running('web');
  const call = (path: string) => ({ httpGet: { host: status!.podIP, port: 8080, path: `/cgi-bin/note?${path}` } });
  await node.create('hooked', {
    terminationGracePeriodSeconds: 10,
    containers: [keep({ lifecycle: { postStart: call('post'), preStop: call('pre') } })],
  });
  await node.running('hooked');
  expect(await node.exec('web', 'cat /v/calls')).toBe('post\n');
  await node.delete('hooked');
  expect(await node.exec('web', 'cat /v/calls')).toBe('post\npre\n');
}, 40_000);

test('termination messages: a path of its own without root; the file before the log; none after success', async () => {
  const fallback = { terminationMessagePolicy: 'FallbackToLogsOnError' };
  const cases: [string, object, string | undefined][] = [
    [
      'path',
      script('printf DONE > /dev/mine', { terminationMessagePath: '/dev/mine', securityContext: { runAsUser: 1000 } }),
      'DONE',
    ],
    ['file', script('echo log; printf OK > /dev/termination-log', fallback), 'OK'],
    ['success', script('echo log', fallback), undefined],
    ['failure', script('printf LOG; exit 1', fallback), 'LOG'],
  ];
  for (const [name, container] of cases)
    await node.create(`m-${name}`, { restartPolicy: 'Never', containers: [container as never] });
  for (const [name, , message] of cases) {
    const pod = await node.until(`m-${name}`, ({ status }) => /Succeeded|Failed/.test(status?.phase ?? ''));
    expect([name, statusOf(pod)?.state?.terminated?.message]).toEqual([name, message]);
  }
}, 40_000);

test('activeDeadlineSeconds of 68 years lets the pod run without waking it, and can be shortened', async () => {
  const timers = jest.spyOn(globalThis, 'setTimeout');
  await node.create('deadline', { activeDeadlineSeconds: 2_147_483_647, containers: [keep()] });
  await node.running('deadline');
  const delays = timers.mock.calls.map(([, delay]) => delay ?? 0);
  timers.mockRestore();
  expect(Math.max(...delays)).toBe(24 * 3600_000);
  await node.api.admin.resource<Pod>(PODS).patch(metadata('deadline'), { spec: { activeDeadlineSeconds: 1 } } as never);
  const pod = await node.until('deadline', ({ status }) => status?.phase === 'Failed');
  expect(pod.status?.reason).toBe('DeadlineExceeded');
}, 40_000);

test('a container that always fails can be deleted', async () => {
  await node.create('failing', { containers: [script('exit 1')] });
  await node.until('failing', (pod) => statusOf(pod)?.restartCount);
  await node.delete('failing');
  expect((await node.api.admin.resource(EVENTS).list({ namespace: 'default' })).items.length).toBeGreaterThan(0);
}, 40_000);
