import { Cgroup, cgroupMounts, readLimits, sharesOf } from '@windlass/host';
import type { Pod, ResourceRequirements } from '@windlass/resources';
import { BUSYBOX, KEEPS_RUNNING, PODS, startTestNode, type TestNode } from '../testing/test-node.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode(21, { capacity: { cpuMillis: 4000, memoryBytes: 2 * 1024 ** 3 } });
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const amounts = (cpu: string, memory: string) => ({ cpu, memory });
const guaranteed = (cpu: string, memory: string) => ({ requests: amounts(cpu, memory), limits: amounts(cpu, memory) });
const container = (name: string, resources: ResourceRequirements, policy?: { cpu?: string; memory?: string }) => ({
  name,
  image: BUSYBOX,
  command: KEEPS_RUNNING,
  resources,
  ...(policy && {
    resizePolicy: Object.entries(policy).map(([resourceName, restartPolicy]) => ({ resourceName, restartPolicy })),
  }),
});
const statusOf = (pod: Pod, name: string) => pod.status!.containerStatuses!.find((each) => each.name === name)!;
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((each) => each.type === type);

const resize = (name: string, resources: Record<string, ResourceRequirements>) =>
  node.api.admin
    .resource<Pod>(PODS)
    .patch(
      { name, namespace: 'default' },
      { spec: { containers: Object.entries(resources).map(([each, own]) => ({ name: each, resources: own })) } },
      { type: 'strategic', subresource: 'resize' },
    );

/** Waits until status and kernel have what the specification says of every container, and nothing is told to be under way. */
const resized = (name: string) =>
  node.until(name, (pod) => {
    const settled = !condition(pod, 'PodResizeInProgress') && !condition(pod, 'PodResizePending');
    return (
      settled &&
      pod.spec.containers.every(({ name: each, resources }) => {
        const { resources: actual, allocatedResources, state } = statusOf(pod, each);
        const isEqual = (a: unknown, b: unknown) => JSON.stringify(a ?? {}) === JSON.stringify(b ?? {});
        return (
          state?.running &&
          isEqual(actual?.limits, resources?.limits) &&
          isEqual(actual?.requests, resources?.requests) &&
          isEqual(allocatedResources, resources?.requests)
        );
      })
    );
  });

const podGroup = (pod: Pod) => new Cgroup(`${node.config.cgroupRoot}/pod${pod.metadata.uid}`, cgroupMounts());
/** Shares, quota per 100 ms in µs, memory in MiB. */
const limitsOf = async (group: Cgroup) => {
  const limits = (await readLimits(group))!;
  return [sharesOf(limits), limits.quotaUs, limits.memoryBytes < 0 ? -1 : limits.memoryBytes / 1024 ** 2];
};
const containerLimits = (pod: Pod, name: string) =>
  limitsOf(podGroup(pod).child(statusOf(pod, name).containerID!.replace('containerd://', '')));

const three = (name: string) =>
  node.create(name, {
    containers: [
      container('c1', guaranteed('100m', '100Mi')),
      container('c2', guaranteed('200m', '200Mi')),
      container('c3', guaranteed('300m', '300Mi')),
    ],
  });

test.each([
  ['net-increase', { c1: guaranteed('140m', '140Mi'), c2: guaranteed('240m', '240Mi'), c3: guaranteed('270m', '270Mi') }],
  ['net-decrease', { c1: guaranteed('150m', '150Mi'), c2: guaranteed('100m', '100Mi'), c3: guaranteed('250m', '250Mi') }],
  ['various', { c1: guaranteed('150m', '100Mi'), c2: guaranteed('150m', '250Mi'), c3: guaranteed('400m', '350Mi') }],
])('three guaranteed containers: %s', async (name, wanted) => {
  await three(name);
  const before = await node.running(name);
  await resize(name, wanted);
  const pod = await resized(name);
  let [millis, mebibytes] = [0, 0];
  for (const [each, { limits }] of Object.entries(wanted)) {
    const [cpu, memory] = [Number.parseInt(limits.cpu, 10), Number.parseInt(limits.memory, 10)];
    expect(await containerLimits(pod, each)).toEqual([Math.floor((cpu * 1024) / 1000), cpu * 100, memory]);
    expect(statusOf(pod, each)).toMatchObject({ restartCount: 0, containerID: statusOf(before, each).containerID });
    millis += cpu;
    mebibytes += memory;
  }
  expect(await limitsOf(podGroup(pod))).toEqual([Math.floor((millis * 1024) / 1000), millis * 100, mebibytes]);
  const events = await node.events(name);
  expect(events.find(({ reason }) => reason === 'ResizeStarted')?.message).toMatch(
    /^Pod resize started: {"containers":\[{"name":"c1","resources":{"limits":{"cpu":"1..m",.*"generation":2}$/,
  );
  expect(events.map(({ reason }) => reason)).toContain('ResizeCompleted');
  await node.delete(name);
});

test('six burstable containers: each amount raised, lowered or added', async () => {
  await node.create('burstable', {
    containers: [
      container('c1', { requests: amounts('100m', '100Mi'), limits: amounts('200m', '200Mi') }),
      container('c2', { requests: amounts('100m', '100Mi') }),
      container('c3', { requests: { cpu: '100m' }, limits: { cpu: '200m' } }),
      container('c4', { requests: { memory: '50Mi' } }),
      container('c5', { requests: { cpu: '50m' } }),
      container('c6', {}),
    ],
  });
  await node.running('burstable');
  await resize('burstable', {
    c1: { requests: amounts('50m', '150Mi'), limits: amounts('300m', '150Mi') },
    c2: { requests: amounts('150m', '100Mi'), limits: amounts('250m', '150Mi') },
    c3: { requests: { cpu: '200m', memory: '100Mi' }, limits: { cpu: '200m' } },
    c4: { requests: { cpu: '100m', memory: '60Mi' } },
    c5: { requests: { cpu: '60m' }, limits: amounts('150m', '150Mi') },
    c6: { requests: { cpu: '20m' } },
  });
  const pod = await resized('burstable');
  expect(await containerLimits(pod, 'c1')).toEqual([51, 30_000, 150]);
  expect(await containerLimits(pod, 'c2')).toEqual([153, 25_000, 150]);
  expect(await containerLimits(pod, 'c4')).toEqual([102, -1, -1]);
  expect(await containerLimits(pod, 'c6')).toEqual([20, -1, -1]);
  expect(pod.status!.containerStatuses!.every(({ restartCount }) => restartCount === 0)).toBe(true);
  await node.delete('burstable');
});

test('equivalent amounts keep their words', async () => {
  await node.create('equal', { containers: [container('c', { requests: { cpu: '2m' }, limits: { cpu: '10m' } })] });
  await node.running('equal');
  await resize('equal', { c: { requests: { cpu: '1m' }, limits: { cpu: '5m' } } });
  const pod = await resized('equal');
  expect(statusOf(pod, 'c').resources).toEqual({ requests: { cpu: '1m' }, limits: { cpu: '5m' } });
  await node.delete('equal');
});

test('the policy restarts a container, at once and whatever its exit code', async () => {
  await node.create('policy', {
    restartPolicy: 'OnFailure',
    containers: [container('c', guaranteed('100m', '64Mi'), { cpu: 'NotRequired', memory: 'RestartContainer' })],
  });
  await node.running('policy');
  await resize('policy', { c: guaranteed('200m', '64Mi') });
  expect(statusOf(await resized('policy'), 'c').restartCount).toBe(0);
  for (const [count, memory] of [
    [1, '96Mi'],
    [2, '80Mi'],
  ] as const) {
    await resize('policy', { c: guaranteed('200m', memory) });
    const pod = await resized('policy');
    expect(statusOf(pod, 'c').restartCount).toBe(count);
    expect((await limitsOf(podGroup(pod)))[2]).toBe(Number.parseInt(memory, 10));
  }
  expect((await node.events('policy')).map(({ message }) => message)).toContain('Container c resize requires restart');
  await node.delete('policy');
});

test('what the node cannot give now waits until another pod goes; what it never can is infeasible; a daemon that restarts remembers', async () => {
  await node.create('big', { containers: [container('c', guaranteed('2', '64Mi'))] });
  await node.create('small', { containers: [container('c', guaranteed('1', '64Mi'))] });
  await Promise.all([node.running('big'), node.running('small')]);
  await resize('small', { c: guaranteed('5', '64Mi') });
  const infeasible = await node.until('small', (pod) => condition(pod, 'PodResizePending'));
  expect(condition(infeasible, 'PodResizePending')).toMatchObject({
    status: 'True',
    reason: 'Infeasible',
    message: "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000",
    observedGeneration: 2,
  });
  await resize('small', { c: guaranteed('3', '64Mi') });
  const deferred = await node.until('small', (pod) => condition(pod, 'PodResizePending')?.reason === 'Deferred');
  expect(condition(deferred, 'PodResizePending')?.message).toBe(
    "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
  );
  await node.restart();
  await node.create('third', { containers: [container('c', guaranteed('1500m', '64Mi'))] });
  const refused = await node.until('third', ({ status }) => status?.phase === 'Failed');
  expect(refused.status).toMatchObject({
    reason: 'OutOfcpu',
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000",
  });
  const still = await node.get('small');
  expect(statusOf(still, 'c')).toMatchObject({ allocatedResources: { cpu: '1' }, resources: { limits: { cpu: '1' } } });
  expect(await containerLimits(still, 'c')).toEqual([1024, 100_000, 64]);
  await node.delete('big');
  const pod = await resized('small');
  expect(await containerLimits(pod, 'c')).toEqual([3072, 300_000, 64]);
  const reasons = (await node.events('small')).map(({ reason }) => reason);
  expect(reasons).toEqual(expect.arrayContaining(['ResizeInfeasible', 'ResizeDeferred', 'ResizeStarted', 'ResizeCompleted']));
  await node.delete('small');
}, 60_000);

test('memory below what is in use is refused and told, and given when it is free', async () => {
  const script = 'head -c 40000000 /dev/zero > /v/x; trap "exit 0" TERM; while :; do sleep 0.1; done';
  await node.create('usage', {
    volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }],
    containers: [
      {
        ...container('c', guaranteed('100m', '128Mi')),
        command: ['sh', '-c', script],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
    ],
  });
  await node.running('usage');
  for (let size = 0; size < 40_000_000; ) size = Number(await node.exec('usage', 'wc -c < /v/x'));
  await resize('usage', { c: guaranteed('100m', '24Mi') });
  const failed = await node.until('usage', (pod) => condition(pod, 'PodResizeInProgress')?.reason === 'Error');
  expect(condition(failed, 'PodResizeInProgress')?.message).toMatch(
    /^attempting to set container "c" memory limit \(25165824\) below current usage \(\d+\)$/,
  );
  expect(statusOf(failed, 'c')).toMatchObject({
    allocatedResources: { memory: '24Mi' },
    resources: { limits: { memory: '128Mi' } },
  });
  await node.exec('usage', 'rm /v/x');
  const pod = await resized('usage');
  expect((await containerLimits(pod, 'c'))[2]).toBe(24);
  expect(statusOf(pod, 'c').restartCount).toBe(0);
  await node.delete('usage');
}, 60_000);
