import type { Pod } from '../types.gen.ts';
import { podColumns } from './pod-columns.ts';

const now = new Date('2026-01-01T01:00:00Z');
const cells = (spec: object, status: object, metadata: object | null): unknown[] => {
  const pod = { metadata: { name: 'x', ...metadata }, spec: { containers: [{ name: 'c' }], ...spec }, status } as unknown as Pod;
  return podColumns.slice(1, 4).map((column) => column.cell(pod, now));
};
const running = (more: object = {}): object => ({ name: 'c', ready: true, restartCount: 0, state: { running: {} }, ...more });

test.each<[unknown[], object, object, object | null]>([
  [['0/1', 'Pending', '0'], {}, { phase: 'Pending' }, null],
  [['1/1', 'Running', '0'], {}, { phase: 'Running', containerStatuses: [running()] }, null],
  [
    ['0/1', 'CrashLoopBackOff', '3 (30m ago)'],
    {},
    {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'c',
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:30:00Z' } },
        },
      ],
    },
    null,
  ],
  [
    ['0/1', 'ExitCode:2', '0'],
    {},
    { phase: 'Failed', containerStatuses: [{ name: 'c', restartCount: 0, state: { terminated: { exitCode: 2 } } }] },
    null,
  ],
  [
    ['0/1', 'Init:0/1', '0'],
    { initContainers: [{ name: 'i' }] },
    { phase: 'Pending', initContainerStatuses: [{ name: 'i', restartCount: 0, state: { running: {} } }] },
    null,
  ],
  [
    ['2/2', 'Running', '1'],
    { initContainers: [{ name: 's', restartPolicy: 'Always' }] },
    {
      phase: 'Running',
      initContainerStatuses: [{ name: 's', restartCount: 1, started: true, ready: true, state: { running: {} } }],
      containerStatuses: [running()],
    },
    null,
  ],
  [['1/1', 'Terminating', '0'], {}, { phase: 'Running', containerStatuses: [running()] }, { deletionTimestamp: 'x' }],
  [
    ['0/1', 'SchedulingGated', '0'],
    {},
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    null,
  ],
])('%j', (expected, spec, status, metadata) => expect(cells(spec, status, metadata)).toEqual(expected));
