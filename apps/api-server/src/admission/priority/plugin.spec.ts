import { attempt, readerOf, run } from '../testing/attributes.ts';
import { priority } from './plugin.ts';

const high = { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' };
const base = { metadata: { name: 'base' }, value: 10, globalDefault: true, preemptionPolicy: 'PreemptLowerPriority' };
const pod = (spec: object) => ({ metadata: { name: 'p' }, spec });
const about = { group: 'scheduling.k8s.io', resource: 'priorityclasses', kind: 'PriorityClass' };

test.each([
  ['no class at all', [], {}, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
  ['the default class', [high, base], {}, { priorityClassName: 'base', priority: 10, preemptionPolicy: 'PreemptLowerPriority' }],
  [
    'a class',
    [high, base],
    { priorityClassName: 'high' },
    { priorityClassName: 'high', priority: 1000, preemptionPolicy: 'Never' },
  ],
  [
    'the same number',
    [high],
    { priorityClassName: 'high', priority: 1000 },
    { priorityClassName: 'high', priority: 1000, preemptionPolicy: 'Never' },
  ],
])('%s', async (_, priorityclasses, spec, wanted) => {
  expect((await run(priority(readerOf({ priorityclasses })), attempt(pod(spec))))!.spec).toEqual(wanted);
});

test.each([
  [{ priorityClassName: 'none' }, 'no PriorityClass with name none was found'],
  [
    { priorityClassName: 'high', priority: 5 },
    'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 1000 from the given PriorityClass name',
  ],
  [
    { priorityClassName: 'high', preemptionPolicy: 'PreemptLowerPriority' },
    'the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never from the given PriorityClass name',
  ],
])('%j is refused', async (spec, message) => {
  const refusal = run(priority(readerOf({ priorityclasses: [high] })), attempt(pod(spec)));
  await expect(refusal).rejects.toMatchObject({ status: { message: `pods "p" is forbidden: ${message}` } });
});

test('an update keeps what admission had set', async () => {
  const old = pod({ priority: 7, preemptionPolicy: 'Never' });
  const made = await run(priority(readerOf({})), attempt(pod({}), { operation: 'UPDATE', old }));
  expect(made!.spec).toEqual({ priority: 7, preemptionPolicy: 'Never' });
});

test('only one class is the default', async () => {
  const plugin = priority(readerOf({ priorityclasses: [base] }));
  const second = { metadata: { name: 'second' }, value: 1, globalDefault: true };
  await expect(run(plugin, attempt(second, about))).rejects.toMatchObject({
    status: {
      message:
        'priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass base is already marked as default. Only one default can exist',
    },
  });
  await expect(run(plugin, attempt(base, { ...about, operation: 'UPDATE', old: base }))).resolves.toBe(base);
});

test("Kubernetes' own classes stay", async () => {
  const old = { metadata: { name: 'system-node-critical' } };
  await expect(run(priority(readerOf({})), attempt(undefined, { ...about, operation: 'DELETE', old }))).rejects.toMatchObject({
    status: {
      message:
        'priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: this is a system priority class and cannot be deleted',
    },
  });
});
