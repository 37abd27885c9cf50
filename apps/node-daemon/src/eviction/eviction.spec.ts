import type { Pod } from '@windlass/resources';
import { hasStorageLimits, storageViolation } from './local-storage.ts';
import { evictionMessage } from './messages.ts';
import { PressureState } from './pressure.ts';
import { isCritical, type PodUsage, ranked } from './rank.ts';
import { parseThresholds } from './thresholds.ts';

const MI = 1024 ** 2;
const pod = (name: string, resources: object = {}, more: object = {}): Pod =>
  ({ metadata: { name }, spec: { containers: [{ name: 'c', resources }], ...more } }) as Pod;
const usage = (memory: number, disk = 0): PodUsage => ({
  memory,
  disk,
  inodes: 0,
  pids: 1,
  containers: [{ name: 'c', memory, disk, inodes: 0 }],
});

test('the kubelet defaults', () => {
  expect(parseThresholds({}).map(({ signal }) => signal)).toEqual([
    'memory.available',
    'nodefs.available',
    'nodefs.inodesFree',
    'imagefs.available',
    'imagefs.inodesFree',
  ]);
  expect(parseThresholds({ evictionHard: { 'nodefs.available': '0%', 'imagefs.available': '100%' } })).toEqual([]);
});

test.each([
  [{ evictionHard: { memory: '1' } }, 'evictionHard: unknown eviction signal "memory"'],
  [{ evictionHard: { 'memory.available': '120%' } }, 'evictionHard: invalid value for memory.available: "120%"'],
  [{ evictionSoft: { 'memory.available': '1Gi' } }, 'evictionSoftGracePeriod: a grace period is required for memory.available'],
  [{ evictionMinimumReclaim: { 'nodefs.available': 'x' } }, 'evictionMinimumReclaim: invalid value for nodefs.available: "x"'],
])('%j is refused', (settings, message) => expect(() => parseThresholds(settings)).toThrow(message));

test('grace, minimum reclaim and transition period', () => {
  const state = new PressureState(
    parseThresholds({
      evictionHard: { 'memory.available': '100' },
      evictionSoft: { 'nodefs.available': '10%' },
      evictionSoftGracePeriod: { 'nodefs.available': '30s' },
      evictionMinimumReclaim: { 'memory.available': '50' },
    }),
    60_000,
  );
  const see = (memory: number, disk: number, now: number) => {
    const { conditions, driving } = state.observe(
      { 'memory.available': { available: memory, capacity: 1000 }, 'nodefs.available': { available: disk, capacity: 1000 } },
      now,
    );
    return [conditions, driving.map(({ signal }) => signal)];
  };
  expect(see(100, 100, 0)).toEqual([[], []]);
  expect(see(99, 99, 1000)).toEqual([['MemoryPressure', 'DiskPressure'], ['memory.available']]);
  expect(see(149, 99, 31_000)).toEqual([
    ['MemoryPressure', 'DiskPressure'],
    ['memory.available', 'nodefs.available'],
  ]);
  expect(see(150, 100, 32_000)).toEqual([['MemoryPressure', 'DiskPressure'], []]);
  expect(see(150, 99, 90_000)).toEqual([['MemoryPressure', 'DiskPressure'], []]);
  expect(see(150, 100, 92_000)).toEqual([['DiskPressure'], []]);
});

test('what exceeds its request goes first, then low priority, then the largest', () => {
  const pods = [
    { pod: pod('within', { requests: { memory: '100Mi' } }), usage: usage(90 * MI) },
    { pod: pod('small'), usage: usage(10 * MI) },
    { pod: pod('large'), usage: usage(50 * MI) },
    { pod: pod('important', {}, { priority: 1000 }), usage: usage(500 * MI) },
  ];
  expect(ranked(pods, 'memory.available').map((each) => each.pod.metadata.name)).toEqual([
    'large',
    'small',
    'important',
    'within',
  ]);
  expect(ranked(pods, 'pid.available').at(-1)!.pod.metadata.name).toBe('important');
  expect(isCritical(pod('x', {}, { priority: 2_000_001_000 }))).toBe(true);
});

test('messages', () => {
  const [threshold] = parseThresholds({ evictionHard: { 'memory.available': '100Mi' } });
  const seen = { 'memory.available': { available: 50 * MI, capacity: 1000 * MI } };
  expect(evictionMessage(threshold!, seen, pod('p', { requests: { memory: '10Mi' } }), usage(20 * MI))).toBe(
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 51200Ki. ' +
      'Container c was using 20480Ki, request is 10Mi, has larger consumption of memory. ',
  );
  expect(evictionMessage(threshold!, seen, pod('p', { requests: { memory: '20Mi' } }), usage(20 * MI))).not.toMatch('Container');
});

const limited = { limits: { 'ephemeral-storage': '10Mi' } };
const emptyDir = { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Mi' } }] };
const used = (container: number, volume: number) => ({
  containers: new Map([['c', container]]),
  emptyDirs: new Map([['v', volume]]),
  total: container + volume,
});
test.each([
  ['volume', pod('p', {}, emptyDir), used(0, 2 * MI), 'Usage of EmptyDir volume "v" exceeds the limit "1Mi". '],
  [
    'pod',
    pod('p', limited),
    used(9 * MI, 2 * MI),
    'Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ',
  ],
  [
    'container',
    pod(
      'p',
      {},
      {
        containers: [
          { name: 'c', resources: limited },
          { name: 'd', resources: limited },
        ],
      },
    ),
    used(11 * MI, 0),
    'Container c exceeded its local ephemeral storage limit "10Mi". ',
  ],
  ['within', pod('p', limited, emptyDir), used(9 * MI, MI), undefined],
  ['no limit', pod('p'), used(99 * MI, 99 * MI), undefined],
])('local storage: %s', (_, each, storage, message) => expect(storageViolation(each, storage)).toBe(message));

test('only pods with limits are measured', () => {
  expect([pod('p'), pod('p', limited), pod('p', {}, emptyDir)].map(hasStorageLimits)).toEqual([false, true, true]);
  expect(hasStorageLimits(pod('p', {}, { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Mi', medium: 'Memory' } }] }))).toBe(
    false,
  );
});
