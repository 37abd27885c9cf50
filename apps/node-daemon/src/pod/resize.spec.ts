import type { AppliedLimits } from '@windlass/host';
import type { Container, Pod } from '@windlass/resources';
import { actualResources } from '../status/container-resources.ts';
import { loosest } from './actuate.ts';
import { allocationOf, wantsResize, withAllocation } from './allocation.ts';
import { changedResources, needsRestart, resizeConditions, resizeMessage } from './resize.ts';

const pod = (resources: object, sidecar?: object): Pod => ({
  metadata: { name: 'p', uid: 'u' },
  spec: {
    ...(sidecar && {
      initContainers: [
        { name: 's', restartPolicy: 'Always', resources: sidecar },
        { name: 'i', resources: sidecar },
      ],
    }),
    containers: [{ name: 'c', resources }],
  },
});
const applied: AppliedLimits = { cpu: { shares: 204 }, quotaUs: 40_000, memoryBytes: 104_857_600 };
const desired = { cpuShares: 204, cpuQuota: 40_000, memoryLimitInBytes: 104_857_600 };

test('an allocation holds what can be resized, and is what the pod is given', () => {
  const granted = allocationOf(pod({ requests: { cpu: '1' } }, { limits: { cpu: '1' } }));
  expect(granted).toEqual({ s: { limits: { cpu: '1' } }, c: { requests: { cpu: '1' } } });
  const wanted = pod({ requests: { cpu: '2' } }, { limits: { cpu: '3' } });
  expect(wantsResize(wanted, granted)).toBe(true);
  const { spec } = withAllocation(wanted, granted);
  expect(spec.containers[0]!.resources).toEqual({ requests: { cpu: '1' } });
  expect(spec.initContainers!.map(({ resources }) => resources?.limits?.cpu)).toEqual(['1', '3']);
  expect(withAllocation(wanted, allocationOf(wanted))).toBe(wanted);
});

test.each([
  ['nothing', {}, []],
  ['shares', { cpuShares: 512 }, ['cpu']],
  ['quota', { cpuQuota: -1 }, ['cpu']],
  ['memory', { memoryLimitInBytes: 0 }, ['memory']],
  ['less than a page', { memoryLimitInBytes: 104_857_601 }, []],
])('changed: %s', (_, change, expected) => expect(changedResources({ ...desired, ...change }, applied)).toEqual(expected));

test('the policy of the changed resource decides on a restart', () => {
  const container = { name: 'c', resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] } as Container;
  expect(needsRestart(container, ['cpu'])).toBe(false);
  expect(needsRestart(container, ['cpu', 'memory'])).toBe(true);
});

test('a pod is never tighter than its containers', () => {
  expect(loosest({ cpuMillis: 100, memoryBytes: 100, pids: 5 }, applied)).toEqual({
    cpuMillis: 400,
    memoryBytes: 104_857_600,
    pids: 5,
  });
  expect(loosest({ cpuMillis: 500 }, applied)).toEqual({ cpuMillis: 500, memoryBytes: undefined });
  expect(loosest({ cpuMillis: 500, memoryBytes: 1 }, { ...applied, quotaUs: -1 })).toEqual({
    cpuMillis: undefined,
    memoryBytes: 104_857_600,
  });
});

test('the status has what the kernel has, in the words of the allocation', () => {
  const granted = { limits: { cpu: '0.4', memory: '100Mi' }, requests: { cpu: '200m', memory: '50Mi' } };
  expect(actualResources(granted, { cpu: { shares: 204 }, quotaUs: 40_000, memoryBytes: 104_857_600 })).toEqual(granted);
  expect(actualResources(granted, { cpu: { shares: 512 }, quotaUs: 50_000, memoryBytes: 209_715_200 })).toEqual({
    limits: { cpu: '500m', memory: '200Mi' },
    requests: { cpu: '500m', memory: '50Mi' },
  });
  expect(actualResources({}, applied)).toEqual({});
});

test('conditions and events', () => {
  expect(resizeConditions({ inProgress: { generation: 2 } })).toEqual([
    { type: 'PodResizeInProgress', status: 'True', observedGeneration: 2 },
  ]);
  expect(resizeMessage('Pod resize started', pod({ requests: { cpu: '1' } }), 2)).toBe(
    'Pod resize started: {"containers":[{"name":"c","resources":{"requests":{"cpu":"1"}}}],"generation":2}',
  );
});
