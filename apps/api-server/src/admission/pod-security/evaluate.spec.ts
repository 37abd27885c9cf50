import type { ObjectMeta } from '@windlass/meta';
import type { Container, PodSpec, Volume } from '@windlass/resources';
import { detailsText, evaluate } from './evaluate.ts';
import type { Level, Version } from './levels.ts';

const container = (name: string, more: Partial<Container> = {}): Container => ({ name, image: 'i', ...more });
const find = (level: Level, spec: Partial<PodSpec>, version: Version = 'latest', metadata: ObjectMeta = {}): string =>
  detailsText(evaluate({ level, version }, { metadata, spec: { containers: [container('c')], ...spec } }));
const withContext = (securityContext: Container['securityContext'], ...names: string[]): Partial<PodSpec> => ({
  containers: (names.length > 0 ? names : ['c']).map((name) => container(name, { securityContext })),
});
const volume = (source: Partial<Volume>): Partial<PodSpec> => ({ volumes: [{ name: 'v', ...source }] });

test('privileged allows everything', () => {
  expect(find('privileged', { hostNetwork: true, ...withContext({ privileged: true }) })).toBe('');
});

test.each<[Partial<PodSpec>, string]>([
  [{}, ''],
  [{ hostNetwork: true, hostPID: true, hostIPC: true }, 'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)'],
  [withContext({ privileged: true }, 'a', 'b'), 'privileged (containers "a", "b" must not set securityContext.privileged=true)'],
  [
    withContext({ capabilities: { add: ['CHOWN', 'SYS_ADMIN'] } }),
    'non-default capabilities (container "c" must not include "SYS_ADMIN" in securityContext.capabilities.add)',
  ],
  [volume({ hostPath: { path: '/x' } }), 'hostPath volumes (volume "v")'],
  [
    {
      containers: [
        container('a', { ports: [{ containerPort: 1, hostPort: 80 }] }),
        container('b', { ports: [{ containerPort: 1, hostPort: 443 }] }),
      ],
    },
    'hostPort (containers "a", "b" use hostPorts 443, 80)',
  ],
  [
    { containers: [container('a', { livenessProbe: { httpGet: { port: 1, host: 'h' } } })] },
    'probe or lifecycle host (container "a" uses probe or lifecycle host "h")',
  ],
  [
    { securityContext: { seccompProfile: { type: 'Unconfined' } }, ...withContext({ seccompProfile: { type: 'Unconfined' } }) },
    'seccompProfile (pod and container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    { securityContext: { appArmorProfile: { type: 'Unconfined' } } },
    'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
  ],
  [{ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'forbidden sysctls (kernel.msgmax)'],
  [
    { securityContext: { seLinuxOptions: { type: 'bad_t', user: 'u', role: 'r' } } },
    'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "bad_t"; user may not be set; role may not be set)',
  ],
  [
    withContext({ windowsOptions: { hostProcess: true } }),
    'hostProcess (container "c" must not set securityContext.windowsOptions.hostProcess=true)',
  ],
  [withContext({ procMount: 'Unmasked' }), 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
  [{ hostUsers: false, ...withContext({ procMount: 'Unmasked' }) }, ''],
])('baseline %#', (spec, wanted) => {
  expect(find('baseline', spec)).toBe(wanted);
});

describe('restricted', () => {
  const good: Container['securityContext'] = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const spec = (more: Partial<PodSpec>): Partial<PodSpec> => ({
    ...withContext(good),
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    ...more,
  });

  test.each<[Partial<PodSpec>, string]>([
    [{}, ''],
    [
      withContext({ ...good, capabilities: { drop: ['ALL'], add: ['NET_RAW', 'NET_BIND_SERVICE'] } }),
      'unrestricted capabilities (container "c" must not include "NET_RAW" in securityContext.capabilities.add)',
    ],
    [
      withContext({ ...good, capabilities: { drop: ['NET_RAW'] } }),
      'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"])',
    ],
    [
      withContext({ ...good, allowPrivilegeEscalation: true }),
      'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)',
    ],
    [
      { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
    ],
    [
      withContext({ ...good, runAsNonRoot: false }),
      'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
    ],
    [withContext({ ...good, runAsUser: 0 }), 'runAsUser=0 (container "c" must not set runAsUser=0)'],
    [
      { securityContext: { runAsNonRoot: true } },
      'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      {
        volumes: [
          { name: 'a', hostPath: { path: '/' } },
          { name: 'b', nfs: { server: 's', path: '/' } },
          { name: 'ok', emptyDir: {} },
        ],
      },
      'restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")',
    ],
    [{ hostUsers: false, securityContext: { seccompProfile: { type: 'RuntimeDefault' }, runAsUser: 0 } }, ''],
    [
      { hostUsers: false, ...withContext({ ...good, procMount: 'Unmasked' }) },
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
  ])('%#', (more, wanted) => {
    expect(find('restricted', spec(more))).toBe(wanted);
  });

  test('Windows knows no privilege escalation, capabilities and seccomp', () => {
    expect(find('restricted', { os: { name: 'windows' }, securityContext: { runAsNonRoot: true } })).toBe('');
  });
});

describe('older versions', () => {
  const annotations = { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' };
  test.each<[Version, string]>([
    [18, 'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")'],
    [19, ''],
  ])('seccomp annotations at %s', (version, wanted) => {
    expect(find('baseline', {}, version, { annotations })).toBe(wanted);
  });

  test.each<[Version, string]>([
    [26, 'forbidden sysctls (net.ipv4.ip_local_reserved_ports)'],
    [27, ''],
  ])('sysctls at %s', (version, wanted) => {
    const sysctls = [{ name: 'net.ipv4.ip_local_reserved_ports', value: '1' }];
    expect(find('baseline', { securityContext: { sysctls } }, version)).toBe(wanted);
  });

  test('a check that does not exist yet finds nothing', () => {
    expect(find('restricted', {}, 7)).toBe(
      'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
    );
  });
});

test('AppArmor annotations', () => {
  const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' };
  expect(find('baseline', {}, 'latest', { annotations })).toBe(
    'forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/c="unconfined"")',
  );
});
