import type { Toleration } from '@windlass/resources';
import { attempt, readerOf, run } from '../testing/attributes.ts';
import { mergeTolerations } from './merge-tolerations.ts';
import { runtimeClass } from './plugin.ts';

const plain = { metadata: { name: 'plain' }, handler: 'runc' };
const heavy = { metadata: { name: 'heavy' }, handler: 'vm', overhead: { podFixed: { cpu: '100m' } } };
const placed = {
  metadata: { name: 'placed' },
  handler: 'vm',
  scheduling: { nodeSelector: { vm: 'yes' }, tolerations: [{ key: 'vm', operator: 'Exists' }] },
};
const plugin = runtimeClass(readerOf({ runtimeclasses: [plain, heavy, placed] }));
const pod = (spec: object) => attempt({ metadata: { name: 'p' }, spec });

test.each<[object, object]>([
  [{}, {}],
  [{ runtimeClassName: 'plain' }, { runtimeClassName: 'plain' }],
  [{ runtimeClassName: 'heavy' }, { runtimeClassName: 'heavy', overhead: { cpu: '100m' } }],
  [
    { runtimeClassName: 'heavy', overhead: { cpu: '0.1' } },
    { runtimeClassName: 'heavy', overhead: { cpu: '100m' } },
  ],
  [
    { runtimeClassName: 'placed', nodeSelector: { a: 'b' } },
    { runtimeClassName: 'placed', nodeSelector: { a: 'b', vm: 'yes' }, tolerations: [{ key: 'vm', operator: 'Exists' }] },
  ],
])('%j becomes %j', async (spec, wanted) => {
  expect((await run(plugin, pod(spec)))!.spec).toEqual(wanted);
});

test.each<[object, string]>([
  [{ runtimeClassName: 'none' }, 'pod rejected: RuntimeClass "none" not found'],
  [{ overhead: { cpu: '1' } }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
  [
    { runtimeClassName: 'heavy', overhead: { cpu: '1' } },
    "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
  ],
  [
    { runtimeClassName: 'placed', nodeSelector: { vm: 'no' } },
    'conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no',
  ],
])('%j is refused', async (spec, message) => {
  await expect(run(plugin, pod(spec))).rejects.toMatchObject({ status: { message: `pods "p" is forbidden: ${message}` } });
});

const all: Toleration = { operator: 'Exists' };
const a: Toleration = { key: 'a', operator: 'Equal', value: 'x' };
test.each<[Toleration[], Toleration[], Toleration[]]>([
  [[a], [a], [a]],
  [[a], [all], [all]],
  [[all], [a], [all]],
  [[a], [{ ...a, value: 'y' }], [a, { ...a, value: 'y' }]],
  [
    [{ ...a, effect: 'NoExecute', tolerationSeconds: 5 }],
    [{ ...a, effect: 'NoExecute', tolerationSeconds: 9 }],
    [{ ...a, effect: 'NoExecute', tolerationSeconds: 9 }],
  ],
])('tolerations %j and %j make %j', (first, second, wanted) => {
  expect(mergeTolerations(first, second)).toEqual(wanted);
});
