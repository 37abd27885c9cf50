import type { Pod } from '@windlass/resources';
import { podRequests } from './amounts.ts';
import { podFacts } from './facts.ts';

const container = (cpu: string, more: object = {}) => ({ name: 'c', resources: { requests: { cpu } }, ...more });
const pod = (spec: object): Pod => ({ metadata: { name: 'p', namespace: 'n', uid: 'u' }, spec }) as Pod;

describe('podRequests', () => {
  it.each<[string, object, object]>([
    ['sums containers', { containers: [container('100m'), container('0.2')] }, { cpu: 300 }],
    ['takes a larger init container', { containers: [container('100m')], initContainers: [container('1')] }, { cpu: 1000 }],
    [
      'adds sidecars',
      { containers: [container('100m')], initContainers: [container('50m', { restartPolicy: 'Always' })] },
      { cpu: 150 },
    ],
    [
      'counts sidecars that run beside a later init step',
      { containers: [container('100m')], initContainers: [container('50m', { restartPolicy: 'Always' }), container('80m')] },
      { cpu: 150 },
    ],
    [
      'takes limits for missing requests',
      { containers: [{ name: 'c', resources: { limits: { memory: '1Gi' } } }] },
      { memory: 2 ** 30 },
    ],
    ['adds overhead', { containers: [container('100m')], overhead: { cpu: '10m' } }, { cpu: 110 }],
    ['lets pod-level requests rule', { containers: [container('100m')], resources: { requests: { cpu: '1' } } }, { cpu: 1000 }],
  ])('%s', (_name, spec, want) => {
    expect(podRequests(pod(spec))).toEqual(want);
  });
});

it('reads host ports, images and the controller', () => {
  const facts = podFacts({
    metadata: {
      name: 'p',
      namespace: 'n',
      uid: 'u',
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'o', controller: true }],
    },
    spec: {
      containers: [{ name: 'c', image: 'reg:5000/a/b', ports: [{ containerPort: 1, hostPort: 80 }, { containerPort: 2 }] }],
    },
  } as Pod);
  expect(facts).toMatchObject({ hostPorts: ['TCP/0.0.0.0/80'], images: ['reg:5000/a/b:latest'], controller: 'o' });
});
