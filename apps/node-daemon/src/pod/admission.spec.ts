import type { Node, Pod } from '@windlass/resources';
import { type AdmissionFacts, refusal } from './admission.ts';

const node = {
  metadata: { name: 'n', labels: { zone: 'a', 'kubernetes.io/os': 'linux' } },
  spec: {},
} as unknown as Node;
const facts: AdmissionFacts = {
  node,
  others: [],
  allocatable: { cpu: '2', memory: '1Gi', pods: '3' },
  allowedUnsafeSysctls: [],
  hasAppArmor: false,
  isStatic: false,
};
const pod = (spec: object = {}, labels = {}): Pod =>
  ({ metadata: { labels }, spec: { containers: [{ name: 'c' }], ...spec } }) as unknown as Pod;
const port = (hostPort: number, hostIP?: string, protocol?: string) =>
  pod({ containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort, hostIP, protocol }] }] });
const affinity = (key: string, value: string) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }],
      },
    },
  },
});
const tainted = (effect: string): AdmissionFacts => ({
  ...facts,
  node: { ...node, spec: { taints: [{ key: 'k', value: 'v', effect }] } } as Node,
});
const NO_AFFINITY = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
const NO_PORTS = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";
const NO_TOLERATION = "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate";
const NO_APPARMOR = 'Cannot enforce AppArmor: AppArmor is not enabled on the host';

test.each<[string, Pod, AdmissionFacts, string | undefined, string?]>([
  ['nothing asked', pod(), facts, undefined],
  ['unknown node object', pod({ nodeSelector: { zone: 'b' } }), { ...facts, node: undefined }, undefined],
  ['sysctl', pod({ securityContext: { sysctls: [{ name: 'a.b', value: '1' }] } }), facts, 'SysctlForbidden'],
  [
    'OS label',
    pod({}, { 'kubernetes.io/os': 'windows' }),
    facts,
    'PodOSSelectorNodeLabelDoesNotMatch',
    "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
  ],
  [
    'OS',
    pod({ os: { name: 'windows' } }),
    facts,
    'PodOSNotSupported',
    "Failed to admit pod as the OS field doesn't match node OS",
  ],
  ['this OS', pod({ os: { name: 'linux' } }), facts, undefined],
  [
    'strict groups',
    pod({ securityContext: { supplementalGroupsPolicy: 'Strict' } }),
    facts,
    'SupplementalGroupsPolicyNotSupported',
    'SupplementalGroupsPolicy=Strict is not supported in this node',
  ],
  ['merged groups', pod({ securityContext: { supplementalGroupsPolicy: 'Merge' } }), facts, undefined],
  ['too much', pod({ containers: [{ name: 'c', resources: { requests: { cpu: '3' } } }] }), facts, 'OutOfcpu'],
  ['selector', pod({ nodeSelector: { zone: 'b' } }), facts, 'NodeAffinity', NO_AFFINITY],
  ['affinity', pod(affinity('zone', 'b')), facts, 'NodeAffinity', NO_AFFINITY],
  ['right affinity', pod({ nodeSelector: { zone: 'a' }, ...affinity('zone', 'a') }), facts, undefined],
  ['taken port', port(80), { ...facts, others: [port(80)] }, 'NodePorts', NO_PORTS],
  ['taken port of one address', port(80, '10.0.0.1'), { ...facts, others: [port(80)] }, 'NodePorts', NO_PORTS],
  ['same port of another address', port(80, '10.0.0.1'), { ...facts, others: [port(80, '10.0.0.2')] }, undefined],
  ['same port of another protocol', port(80, '', 'UDP'), { ...facts, others: [port(80)] }, undefined],
  ['taint', pod(), tainted('NoExecute'), 'TaintToleration', NO_TOLERATION],
  ['taint for the scheduler', pod(), tainted('NoSchedule'), undefined],
  ['tolerated taint', pod({ tolerations: [{ operator: 'Exists' }] }), tainted('NoExecute'), undefined],
  ['taint and static pod', pod(), { ...tainted('NoExecute'), isStatic: true }, undefined],
  ['AppArmor', pod({ securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }), facts, 'AppArmor', NO_APPARMOR],
  [
    'AppArmor of one container',
    pod({ initContainers: [{ name: 'i', securityContext: { appArmorProfile: { type: 'Localhost' } } }] }),
    facts,
    'AppArmor',
    NO_APPARMOR,
  ],
  ['AppArmor not wanted', pod({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }), facts, undefined],
  [
    'AppArmor of the kernel',
    pod({ securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }),
    { ...facts, hasAppArmor: true },
    undefined,
  ],
])('%s', (_, subject, given, ...[reason, message]) => {
  const found = refusal(subject, given);
  expect(found?.reason).toBe(reason);
  if (message) expect(found?.message).toBe(message);
});
