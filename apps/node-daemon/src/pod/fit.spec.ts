import type { Pod } from '@windlass/resources';
import { resizeProblem, shortage, shortageText } from './fit.ts';

const pod = (cpu: string, memory: string): Pod =>
  ({ metadata: {}, spec: { containers: [{ name: 'c', resources: { requests: { cpu, memory } } }] } }) as Pod;
const allocatable = { cpu: '2', memory: '1Gi', pods: '3' };

test.each([
  ['room', pod('1', '512Mi'), [pod('1', '512Mi')], undefined],
  [
    'cpu',
    pod('1500m', '1Mi'),
    [pod('1', '1Mi')],
    "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
  ],
  [
    'memory',
    pod('1m', '1Gi'),
    [pod('1m', '1Ki')],
    "Node didn't have enough resource: memory, requested: 1073741824, used: 1024, capacity: 1073741824",
  ],
  [
    'pods',
    pod('1m', '1Mi'),
    Array(3).fill(pod('0', '0')),
    "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
  ],
  ['no request fits always', pod('0', '0'), [pod('3', '2Gi')], undefined],
])('admission: %s', (_, wanted, others, text) => {
  const missing = shortage(wanted, others, allocatable);
  expect(missing && shortageText(missing)).toBe(text);
});

test.each([
  ['room', pod('2', '1Gi'), [], undefined],
  [
    'more than the node has',
    pod('2001m', '1Mi'),
    [],
    { reason: 'Infeasible', message: "Node didn't have enough capacity: cpu, requested: 2001, capacity: 2000" },
  ],
  [
    'memory before cpu',
    pod('9', '2Gi'),
    [],
    { reason: 'Infeasible', message: "Node didn't have enough capacity: memory, requested: 2147483648, capacity: 1073741824" },
  ],
  [
    'not now',
    pod('2', '1Mi'),
    [pod('1', '1Mi')],
    { reason: 'Deferred', message: "Node didn't have enough resource: cpu, requested: 2000, used: 1000, capacity: 2000" },
  ],
])('resize: %s', (_, wanted, others, problem) => expect(resizeProblem(wanted, others, allocatable)).toEqual(problem));
