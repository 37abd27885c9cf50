import type { Node, Pod } from '@windlass/resources';
import { isOutOfService, surplusPods } from './collectable.ts';

const pod = (name: string, second: number, status: object, more: object = {}): Pod =>
  ({ metadata: { name, creationTimestamp: `2026-01-01T00:00:0${second}Z`, ...more }, spec: {}, status }) as unknown as Pod;
const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name!);

test('the evicted go first, then the oldest, then by name; running and ending ones stay', () => {
  const done = { phase: 'Succeeded' };
  const all = [
    pod('young', 5, done),
    pod('old', 1, done),
    pod('b', 2, done),
    pod('a', 2, done),
    pod('evicted', 9, { phase: 'Failed', reason: 'Evicted' }),
    pod('running', 0, { phase: 'Running' }),
    pod('ending', 0, done, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  ];
  expect(names(surplusPods(all, 1))).toEqual(['evicted', 'old', 'a', 'b']);
  expect(surplusPods(all, 5)).toEqual([]);
  expect(surplusPods(all, 0)).toEqual([]);
});

test.each([
  [true, 'False', [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }]],
  [false, 'True', [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }]],
  [false, 'False', [{ key: 'other', effect: 'NoExecute' }]],
])('out of service: %s when Ready is %s under %j', (expected, status, taints) => {
  const node = { metadata: {}, spec: { taints }, status: { conditions: [{ type: 'Ready', status }] } } as unknown as Node;
  expect(isOutOfService(node)).toBe(expected);
});
