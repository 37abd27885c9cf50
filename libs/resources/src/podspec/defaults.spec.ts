import type { Pod } from '../types.gen.ts';
import { imageTag } from './image-reference.ts';
import { defaultPod } from './pod-defaults.ts';
import { podQosClass } from './pod-resources.ts';

const pod = (spec: object): Pod =>
  ({ metadata: { name: 'x' }, spec: { containers: [{ name: 'c', image: 'i', resources: {} }], ...spec } }) as unknown as Pod;

const withResources = (resources: object, more: object = {}): Pod =>
  pod({ containers: [{ name: 'c', image: 'i', resources }], ...more });

function defaulted(given: Pod): Pod['spec'] {
  defaultPod(given);
  const once = JSON.stringify(given);
  defaultPod(given);
  expect(JSON.stringify(given)).toBe(once);
  return given.spec;
}

test('a plain pod', () => {
  expect(defaulted(pod({}))).toEqual({
    containers: [
      {
        name: 'c',
        image: 'i',
        imagePullPolicy: 'Always',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        resources: {},
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
  });
});

test.each([
  ['nginx', 'latest'],
  ['nginx:latest', 'latest'],
  ['nginx:1.27', '1.27'],
  ['registry.example:5000/a/b', 'latest'],
  ['registry.example:5000/a/b:v1', 'v1'],
  [`nginx@sha256:${'a'.repeat(64)}`, ''],
  [`nginx:v1@sha256:${'a'.repeat(64)}`, 'v1'],
  ['Not Valid', ''],
  ['', ''],
])('the tag of %s is %s', (image, tag) => expect(imageTag(image)).toBe(tag));

test('limits are requests where there are none', () => {
  const spec = defaulted(withResources({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }));
  expect(spec.containers[0]!.resources).toEqual({
    limits: { cpu: '1', memory: '1Gi' },
    requests: { cpu: '500m', memory: '1Gi' },
  });
});

test('host ports follow container ports on the host network', () => {
  const spec = defaulted(pod({ hostNetwork: true, containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] }));
  expect(spec.containers[0]!.ports).toEqual([{ containerPort: 80, hostPort: 80, protocol: 'TCP' }]);
});

test('pod-level requests come from the containers, then from the limits', () => {
  const spec = defaulted(withResources({ requests: { cpu: '100m' } }, { resources: { limits: { cpu: '1', memory: '1Gi' } } }));
  expect(spec.resources).toEqual({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } });
});

test('amounts are kept to a thousandth', () => {
  const spec = defaulted(withResources({ requests: { cpu: '1500u' } }));
  expect(spec.containers[0]!.resources!.requests).toEqual({ cpu: '2m' });
});

test.each([
  ['BestEffort', {}],
  ['BestEffort', { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } }],
  ['Burstable', { requests: { cpu: '1' } }],
  ['Burstable', { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } }],
  ['Guaranteed', { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1000m', memory: '1024Mi' } }],
])('%s: %j', (qos, resources) => expect(podQosClass(withResources(resources).spec)).toBe(qos));
