import { cloneJson, fieldErrorMessage } from '@windlass/meta';
import type { Container, Pod } from '../types.gen.ts';
import { defaultPod } from './pod-defaults.ts';
import { validatePodCreate } from './pod-rules.ts';

const pod = (spec: object, annotations?: Record<string, string>): Pod => {
  const made = {
    metadata: { name: 'x', annotations },
    spec: { containers: [{ name: 'c', image: 'i' }], ...cloneJson(spec) },
  } as unknown as Pod;
  defaultPod(made);
  return made;
};
const texts = (made: Pod): string[] => validatePodCreate(made).map(fieldErrorMessage);
const container = (more: object): object => ({ containers: [{ name: 'c', image: 'i', ...more } as unknown as Container] });

test('a plain pod is valid', () => expect(texts(pod({}))).toEqual([]));

test.each<[object, string[]]>([
  [{ containers: [] }, ['spec.containers: Required value']],
  [
    {
      containers: [
        { name: 'c', image: 'i' },
        { name: 'c', image: ' i' },
      ],
    },
    [
      'spec.containers[1].name: Duplicate value: "c"',
      'spec.containers[1].image: Invalid value: " i": must not have leading or trailing whitespace',
    ],
  ],
  [{ initContainers: [{ name: 'c', image: 'i' }] }, ['spec.initContainers[0].name: Duplicate value: "c"']],
  [
    container({ ports: [{ containerPort: 0 }, { containerPort: 1, hostPort: -1 }] }),
    [
      'spec.containers[0].ports[0].containerPort: Required value',
      'spec.containers[0].ports[1].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive',
    ],
  ],
  [
    container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.bogus' } } }] }),
    [
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.bogus": error converting fieldPath: field label not supported: spec.bogus',
    ],
  ],
  [container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a']" } } }] }), []],
  [container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }), ['spec.containers[0].volumeMounts[0].name: Not found: "v"']],
  [
    container({ livenessProbe: { tcpSocket: { port: 1 }, exec: { command: ['x'] } } }),
    ['spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
  ],
  [
    container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
  ],
  [
    container({ resources: { limits: { 'hugepages-2Mi': '3Mi', cpu: '1' } } }),
    ['limits', 'requests'].map(
      (kind) =>
        `spec.containers[0].resources.${kind}[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of 2Mi`,
    ),
  ],
  [
    container({ resources: { claims: [{ name: 'a' }] } }),
    [
      'spec.containers[0].resources.claims[0]: Not found: "a": must be one of the names in pod.spec.resourceClaims which is empty',
    ],
  ],
  [
    container({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    [
      'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  ],
  [
    { initContainers: [{ name: 'i', image: 'i', livenessProbe: { tcpSocket: { port: 80 } } }] },
    ['spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always'],
  ],
  [{ initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always', livenessProbe: { tcpSocket: { port: 80 } } }] }, []],
  [
    { volumes: [{ name: 'v', secret: { secretName: 's' }, configMap: { name: 'c' } }] },
    ['spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'a', expirationSeconds: 5 } }] } }] },
    [
      'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
      'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
    ],
  ],
  [
    { volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: {} } } }] },
    [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
    ],
  ],
  [
    { securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] }, hostNetwork: true },
    [
      'spec.securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified when \'hostNetwork\' is true',
    ],
  ],
  [{ hostUsers: false, hostNetwork: true }, ['spec.hostNetwork: Forbidden: when `hostUsers` is false']],
  [
    { os: { name: 'windows' }, securityContext: { runAsUser: 1, fsGroup: 2 } },
    ['fsGroup', 'runAsUser'].map((field) => `spec.securityContext.${field}: Forbidden: cannot be set for a windows pod`),
  ],
  [
    {
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a', matchLabelKeys: ['b'] }] },
      },
    },
    [
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
    ],
  ],
  [{ dnsPolicy: 'None' }, ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
  [
    { resources: { requests: { cpu: '1' } }, ...container({ resources: { requests: { cpu: '2' } } }) },
    ['spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2'],
  ],
  [
    { ephemeralContainers: [{ name: 'e', image: 'i', ports: [{ containerPort: 80 }] }] },
    [
      'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ],
  ],
  [
    { schedulingGates: [{ name: 'a' }], nodeName: 'n' },
    ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
  ],
])('%j', (spec, errors) => expect(texts(pod(spec))).toEqual(errors));

test.each<[Record<string, string>, object, string[]]>([
  [
    { 'container.apparmor.security.beta.kubernetes.io/d': 'runtime/default' },
    {},
    ['metadata.annotations[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: "d": container not found'],
  ],
  [
    { 'controller.kubernetes.io/pod-deletion-cost': '1.5' },
    {},
    ['metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "1.5": must be a 32bit integer'],
  ],
  [
    { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' },
    { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
    ['spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match'],
  ],
])('annotations %j', (annotations, spec, errors) => expect(texts(pod(spec, annotations))).toEqual(errors));
