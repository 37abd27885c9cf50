import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '@windlass/host';
import type { Node, Pod } from '@windlass/resources';
import { BUSYBOX, KEEPS_RUNNING, PODS, startTestNode, type TestNode } from '../testing/test-node.ts';

const RUNTIME_CLASSES = {
  group: 'node.k8s.io',
  version: 'v1',
  resource: 'runtimeclasses',
  kind: 'RuntimeClass',
  namespaced: false,
};
const NODES = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false };

const CAP_SYS_ADMIN = 21n;

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode(15, { kubelet: { allowedUnsafeSysctls: ['kernel.msg*'] }, labels: { zone: 'here' } });
  const seccomp = path.join(node.config.stateDir, 'seccomp', 'profiles');
  await mkdir(seccomp, { recursive: true });
  const rules = [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 }];
  await writeFile(path.join(seccomp, 'no-mkdir.json'), JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: rules }));
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const keep = (more: object = {}) => ({
  name: 'c',
  image: BUSYBOX,
  command: KEEPS_RUNNING,
  ...more,
});
const mode = async (pod: string, container?: string) =>
  /Seccomp:\s*(\d)/.exec(await node.exec(pod, 'cat /proc/1/status', container))?.[1];
const refused = async (name: string, spec: object, reason: string, message: string) => {
  await node.create(name, { containers: [keep()], ...spec } as never);
  const { status } = await node.until(name, (pod) => pod.status?.phase === 'Failed');
  expect(status).toMatchObject({ reason, message: `Pod was rejected: ${message}` });
  expect(await node.events(name)).toMatchObject([{ type: 'Warning', reason, message }]);
};
const failsWith = async (name: string, event: string, message: RegExp | string) => {
  for (const deadline = Date.now() + 20_000; ; ) {
    const found = (await node.events(name)).find(({ reason }) => reason === event);
    if (found) return expect(found.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    if (Date.now() > deadline) throw new Error(`no event ${event} of ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

test('seccomp: the runtime profile by default, none when asked or privileged, one of the node', async () => {
  await node.create('seccomp', {
    containers: [
      keep(),
      keep({ name: 'open', securityContext: { seccompProfile: { type: 'Unconfined' } } }),
      keep({ name: 'privileged', securityContext: { privileged: true } }),
      keep({
        name: 'local',
        securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/no-mkdir.json' } },
      }),
    ],
  });
  await node.running('seccomp');
  expect([await mode('seccomp'), await mode('seccomp', 'open'), await mode('seccomp', 'privileged')]).toEqual(['2', '0', '0']);
  expect(await node.exec('seccomp', 'mkdir /tmp/x 2>&1', 'local').catch((error) => String(error))).toMatch(/not permitted/);
  expect(await node.exec('seccomp', 'mkdir -p /tmp/x; ls -d /tmp/x')).toBe('/tmp/x\n');
  await node.create('absent', {
    containers: [keep({ securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'no.json' } } })],
  });
  const { status } = await node.until(
    'absent',
    (pod: Pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerError',
  );
  expect(status?.containerStatuses?.[0]?.state?.waiting?.message).toMatch(/cannot load seccomp profile ".*\/seccomp\/no\.json"/);
}, 60_000);

test('a privileged ephemeral container in a pod without any (kubectl debug --profile=sysadmin)', async () => {
  await node.create('debugged', { containers: [keep()] });
  await node.running('debugged');
  const ephemeralContainers = [keep({ name: 'debugger', securityContext: { privileged: true } })];
  const pods = node.api.admin.resource<Pod>(PODS);
  const options = { type: 'strategic', subresource: 'ephemeralcontainers' } as const;
  await pods.patch({ name: 'debugged', namespace: 'default' }, { spec: { ephemeralContainers } } as never, options);
  await node.until('debugged', ({ status }) => status?.ephemeralContainerStatuses?.[0]?.state?.running);
  const status = await node.exec('debugged', 'cat /proc/self/status', 'debugger');
  const capabilities = BigInt(`0x${/CapEff:\s*([0-9a-f]+)/.exec(status)![1]}`);
  expect((capabilities >> CAP_SYS_ADMIN) & 1n).toBe(1n);
}, 40_000);

test('sysctls that the node allows are set', async () => {
  await node.create('allowed', {
    securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '10000' }] },
    containers: [keep()],
  });
  await node.running('allowed');
  expect(await node.exec('allowed', 'cat /proc/sys/kernel/msgmax')).toBe('10000\n');
}, 40_000);

test('what the node cannot enforce, or is not for it, is refused', async () => {
  await refused(
    'apparmor',
    { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } },
    'AppArmor',
    'Cannot enforce AppArmor: AppArmor is not enabled on the host',
  );
  await refused(
    'strict',
    { securityContext: { supplementalGroupsPolicy: 'Strict' } },
    'SupplementalGroupsPolicyNotSupported',
    'SupplementalGroupsPolicy=Strict is not supported in this node',
  );
  await refused(
    'elsewhere',
    { nodeSelector: { zone: 'there' } },
    'NodeAffinity',
    "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  );
  await refused(
    'windows',
    { os: { name: 'windows' } },
    'PodOSNotSupported',
    "Failed to admit pod as the OS field doesn't match node OS",
  );
  const nodes = node.api.admin.resource<Node>(NODES);
  await nodes.patch({ name: node.config.nodeName }, { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } } as never);
  try {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
      await node.create('tainted', { containers: [keep()] });
      const { status } = await node.until('tainted', (pod) => /Failed|Running/.test(pod.status?.phase ?? ''));
      if (status?.reason === 'TaintToleration') break;
      await node.delete('tainted', 0);
    }
    expect((await node.get('tainted')).status?.message).toBe(
      "Pod was rejected: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    );
  } finally {
    await nodes.patch({ name: node.config.nodeName }, { spec: { taints: null } } as never);
  }
}, 60_000);

test('user namespaces, unknown handlers and recursive read-only mounts: an event says what is missing', async () => {
  await node.create('userns', { hostUsers: false, containers: [keep()] });
  await failsWith('userns', 'FailedCreatePodSandBox', 'Failed to create pod sandbox: runtime does not support user namespaces');
  const classes = node.api.admin.resource(RUNTIME_CLASSES);
  await classes.create({ metadata: { name: 'kata' }, handler: 'kata' } as never);
  await classes.create({
    metadata: { name: 'plain' },
    handler: 'runc',
    overhead: { podFixed: { cpu: '10m', memory: '8Mi' } },
  } as never);
  await node.create('kata', { runtimeClassName: 'kata', containers: [keep()] });
  await failsWith(
    'kata',
    'FailedCreatePodSandBox',
    /^Failed to create pod sandbox: rpc error: code = Unknown desc = .*no runtime for "kata" is configured/,
  );
  await node.create('plain', { runtimeClassName: 'plain', containers: [keep()] });
  expect((await node.running('plain')).spec.overhead).toEqual({ cpu: '10m', memory: '8Mi' });
  const volumes = [{ name: 'v', emptyDir: {} }];
  const mount = (recursiveReadOnly: string) => [{ name: 'v', mountPath: '/v', readOnly: true, recursiveReadOnly }];
  await node.create('possible', { volumes, containers: [keep({ volumeMounts: mount('IfPossible') })] });
  await node.running('possible');
  await node.create('enabled', { volumes, containers: [keep({ volumeMounts: mount('Enabled') })] });
  const { status } = await node.until(
    'enabled',
    (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerConfigError',
  );
  expect(status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
    'failed to resolve recursive read-only mode: volume "v" requested recursive read-only mode, but it is not supported by the runtime',
  );
}, 60_000);

test('mounts from a container reach others where propagation is bidirectional', async () => {
  const shared = path.join(node.config.stateDir, 'shared');
  await mkdir(shared);
  await run('mount', ['-t', 'tmpfs', 'none', shared]);
  await run('mount', ['--make-shared', shared]);
  const volumes = [{ name: 'shared', hostPath: { path: shared } }];
  const mount = (mountPropagation: string) => ({ volumeMounts: [{ name: 'shared', mountPath: '/s', mountPropagation }] });
  await node.create('spread', {
    volumes,
    containers: [
      keep({ securityContext: { privileged: true }, ...mount('Bidirectional') }),
      keep({ name: 'below', ...mount('HostToContainer') }),
      keep({ name: 'apart', ...mount('None') }),
    ],
  });
  await node.running('spread');
  await node.exec('spread', 'mkdir -p /s/m && mount -t tmpfs none /s/m && touch /s/m/seen');
  try {
    expect(await node.exec('spread', 'ls /s/m', 'below')).toBe('seen\n');
    expect(await node.exec('spread', 'ls /s/m', 'apart')).toBe('');
  } finally {
    await node.exec('spread', 'umount /s/m');
  }
}, 40_000);
