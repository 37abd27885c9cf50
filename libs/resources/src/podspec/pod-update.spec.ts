import { cloneJson, fieldErrorMessage, path } from '@windlass/meta';
import type { Pod } from '../types.gen.ts';
import { defaultPod } from './pod-defaults.ts';
import { validateEphemeralUpdate } from './pod-ephemeral.ts';
import { preparePod } from './pod-prepare.ts';
import { keepToResize, validatePodResize } from './pod-resize.ts';
import { validatePodStatusUpdate } from './pod-status.ts';
import { validatePodUpdate } from './pod-update.ts';
import { podWarnings } from './warnings.ts';

const base = (spec: object = {}, status: object = { qosClass: 'BestEffort' }): Pod => {
  const made = {
    metadata: { name: 'x' },
    spec: { containers: [{ name: 'c', image: 'i' }], ...cloneJson(spec) },
    status: cloneJson(status),
  } as unknown as Pod;
  defaultPod(made);
  return made;
};
type Rule = (pod: Pod, old: Pod) => Parameters<typeof fieldErrorMessage>[0][];
const texts = (rule: Rule, pod: Pod, old: Pod): string[] => rule(pod, old).map(fieldErrorMessage);

function changed(old: Pod, change: (pod: Pod) => void): Pod {
  const pod = cloneJson(old);
  change(pod);
  return pod;
}

test.each<[string, object, (pod: Pod) => void, string[]]>([
  [
    'an image',
    {},
    ({ spec }) => {
      spec.containers[0]!.image = 'z';
    },
    [],
  ],
  [
    'another toleration',
    {},
    ({ spec }) => {
      spec.tolerations = [{ key: 'a', operator: 'Exists' }];
    },
    [],
  ],
  [
    'a toleration taken away',
    { tolerations: [{ key: 'a', operator: 'Exists' }] },
    ({ spec }) => {
      spec.tolerations = undefined;
    },
    ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
  ],
  [
    'a longer deadline',
    { activeDeadlineSeconds: 5 },
    ({ spec }) => {
      spec.activeDeadlineSeconds = 6;
    },
    ['spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value'],
  ],
  [
    'one container more',
    {},
    ({ spec }) => void spec.containers.push({ ...spec.containers[0]!, name: 'd' }),
    ['spec.containers: Forbidden: pod updates may not add or remove containers'],
  ],
  [
    'a new gate',
    { schedulingGates: [{ name: 'a' }] },
    ({ spec }) => {
      spec.schedulingGates = [{ name: 'b' }];
    },
    ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'"],
  ],
  [
    'a node selector behind a gate',
    { schedulingGates: [{ name: 'a' }] },
    ({ spec }) => {
      spec.nodeSelector = { a: 'b' };
    },
    [],
  ],
  [
    'a narrower affinity behind a gate',
    {
      schedulingGates: [{ name: 'a' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
          },
        },
      },
    },
    ({ spec }) =>
      void spec.affinity!.nodeAffinity!.requiredDuringSchedulingIgnoredDuringExecution!.nodeSelectorTerms[0]!.matchExpressions!.push(
        {
          key: 'b',
          operator: 'Exists',
        },
      ),
    [],
  ],
])('%s', (_, spec, change, errors) => {
  const old = base(spec);
  expect(texts(validatePodUpdate, changed(old, change), old)).toEqual(errors);
});

test('any other change shows a diff', () => {
  const old = base();
  const [text, ...more] = texts(
    validatePodUpdate,
    changed(old, ({ spec }) => {
      spec.hostname = 'h';
    }),
    old,
  );
  expect(more).toEqual([]);
  expect(text).toContain('spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,');
  expect(text).toContain('\n- "Hostname": "",\n+ "Hostname": "h",\n');
});

test('a status keeps its QoS class and what has ended', () => {
  const ended = { name: 'c', state: { terminated: { exitCode: 0 } } };
  const old = base({ restartPolicy: 'Never' }, { qosClass: 'BestEffort', containerStatuses: [ended] });
  const next = changed(old, (pod) => {
    pod.status!.qosClass = 'Burstable';
    pod.status!.containerStatuses![0]!.state = { running: {} };
    pod.status!.podIPs = [{ ip: 'x' }];
  });
  expect(texts(validatePodStatusUpdate, next, old)).toEqual([
    'status.qosClass: Invalid value: "Burstable": field is immutable',
    'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    'status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]);
});

const sized = () =>
  base({ containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] }, { qosClass: 'Burstable' });

test('a resize brings resources alone', () => {
  const old = sized();
  const next = changed(old, (pod) => {
    pod.spec.containers[0]!.image = 'z';
    pod.spec.containers[0]!.resources!.requests = { cpu: '2' };
  });
  keepToResize(next, old);
  expect(next.spec.containers[0]).toMatchObject({ image: 'i', resources: { requests: { cpu: '2' } } });
  expect(texts(validatePodResize, next, old)).toEqual([]);
});

test('a resize removes nothing and keeps the QoS class', () => {
  const old = sized();
  const next = changed(old, (pod) => {
    pod.spec.containers[0]!.resources = {};
  });
  expect(texts(validatePodResize, next, old)).toEqual([
    'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
  ]);
});

test('a resize is of cpu and memory', () => {
  const old = sized();
  const next = changed(old, (pod) => {
    pod.spec.containers[0]!.resources!.requests!['ephemeral-storage'] = '1Gi';
  });
  expect(texts(validatePodResize, next, old)).toEqual(['spec: Forbidden: only cpu and memory resources are mutable']);
});

test('ephemeral containers stay', () => {
  const old = base({ ephemeralContainers: [{ name: 'e', image: 'i' }] });
  expect(texts(validateEphemeralUpdate, base(), old)).toEqual([
    'spec.ephemeralContainers: Forbidden: existing ephemeral containers "e" may not be removed\n',
  ]);
});

test('gates, label keys and profiles are worked in when a pod is made', () => {
  const pod = base({
    schedulingGates: [{ name: 'a' }],
    topologySpreadConstraints: [{ labelSelector: {}, matchLabelKeys: ['app', 'none'] }],
  });
  pod.metadata.labels = { app: 'b' };
  pod.metadata.annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' };
  const told: string[] = [];
  const context = { now: new Date('2026-01-01T00:00:00Z'), warn: (text: string) => void told.push(text) };
  preparePod(pod, context as never);
  expect(pod.status!.conditions).toMatchObject([{ reason: 'SchedulingGated', lastTransitionTime: '2026-01-01T00:00:00Z' }]);
  expect(pod.spec.topologySpreadConstraints![0]!.labelSelector).toEqual({
    matchExpressions: [{ key: 'app', operator: 'In', values: ['b'] }],
  });
  expect(pod.spec.containers[0]!.securityContext).toEqual({ appArmorProfile: { type: 'Unconfined' } });
  expect(told).toHaveLength(1);
});

test.each<[object, string[]]>([
  [
    {
      containers: [
        { name: 'c', image: 'i', ports: [{ containerPort: 80 }] },
        { name: 'd', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] },
      ],
    },
    ['spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[0]'],
  ],
  [
    {
      containers: [
        {
          name: 'c',
          image: 'i',
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '$(A)2' },
            { name: 'A', value: '3' },
          ],
          resources: { limits: { memory: '500m' } },
        },
      ],
    },
    [
      'spec.containers[0].resources.limits[memory]: fractional byte value "500m" is invalid, must be an integer',
      'spec.containers[0].resources.requests[memory]: fractional byte value "500m" is invalid, must be an integer',
      'spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply',
    ],
  ],
  [
    { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
    ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
  ],
  [
    {
      volumes: [
        {
          name: 'v',
          configMap: {
            name: 'm',
            items: [
              { key: 'a', path: 'p' },
              { key: 'b', path: 'p/q' },
            ],
          },
        },
      ],
    },
    ['volume "v" (ConfigMap "m"): overlapping paths: "p/q" with "p"'],
  ],
])('warnings of %j', (spec, warnings) => expect(podWarnings({}, base(spec).spec, path())).toEqual(warnings));
