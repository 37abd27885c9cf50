import { type FieldError, fieldErrorMessage, type HookContext, type ResourceDefinition } from '@windlass/meta';
import { priorityClasses } from '../scheduling/priority-class.ts';
import { csiDrivers } from './csi-driver.ts';
import { csiNodes } from './csi-node.ts';
import { csiStorageCapacities } from './csi-storage-capacity.ts';
import { storageClasses } from './storage-class.ts';
import { volumeAttachments } from './volume-attachment.ts';
import { volumeAttributesClasses } from './volume-attributes-class.ts';

const context = {} as HookContext;
const texts = (errors: FieldError[] | undefined): string[] => (errors ?? []).map(fieldErrorMessage);
type Definition = ResourceDefinition<never>;

/** A defaulted object of the kind, as it would be validated. */
function made({ strategy }: Definition, object: object): never {
  const copy = { metadata: { name: 'x' }, ...structuredClone(object) } as never;
  strategy?.default?.(copy, context);
  return copy;
}
const created = (definition: object, object: object) =>
  texts((definition as Definition).strategy!.validate!(made(definition as Definition, object), context));
const updated = (definition: object, object: object, old: object) => {
  const kind = definition as Definition;
  return texts(kind.strategy!.validateUpdate!(made(kind, object), made(kind, old), context));
};

const topology = (...values: string[]) => ({ matchLabelExpressions: [{ key: 'zone', values }] });

describe('storage classes', () => {
  test.each<[object, string[]]>([
    [{ provisioner: 'a.b/c' }, []],
    [{}, ['provisioner: Required value']],
    [
      { provisioner: 'a', reclaimPolicy: 'Recycle' },
      ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
    ],
    [{ provisioner: 'a', parameters: { '': 'x' } }, ['parameters: Invalid value: "": field can not be empty.']],
    [
      { provisioner: 'a', parameters: { k: 'x'.repeat(256 * 1024) } },
      ['parameters: Too long: may not be more than 262144 bytes'],
    ],
    [
      { provisioner: 'a', allowedTopologies: [topology('a', 'b'), topology('b', 'a')] },
      ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""'],
    ],
    [
      { provisioner: 'a', allowedTopologies: [topology('a', 'a')] },
      ['allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"'],
    ],
  ])('%#', (object, wanted) => expect(created(storageClasses, object)).toEqual(wanted));

  test('nothing that matters changes later', () => {
    expect(updated(storageClasses, { provisioner: 'b', reclaimPolicy: 'Retain' }, { provisioner: 'a' })).toEqual([
      'provisioner: Invalid value: "b": field is immutable',
      'reclaimPolicy: Invalid value: "Retain": field is immutable',
    ]);
    expect(updated(storageClasses, { provisioner: 'a', allowVolumeExpansion: true }, { provisioner: 'a' })).toEqual([]);
  });
});

describe('CSI drivers', () => {
  test.each<[object, string[]]>([
    [{}, []],
    [
      { tokenRequests: [{ audience: 'a', expirationSeconds: 10 }, { audience: 'a' }] },
      [
        'spec.tokenRequests[0].expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
      ],
    ],
    [
      { nodeAllocatableUpdatePeriodSeconds: 5 },
      ['spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 5: must be greater than or equal to 10 seconds'],
    ],
  ])('%j', (spec, wanted) => expect(created(csiDrivers, { spec })).toEqual(wanted));

  test('how it attaches is for good', () => {
    expect(updated(csiDrivers, { spec: { attachRequired: false } }, { spec: {} })).toEqual([
      'spec.attachedRequired: Invalid value: false: field is immutable',
    ]);
  });
});

test('CSI nodes: a driver keeps its node ID', () => {
  const node = (nodeID: string) => ({ spec: { drivers: [{ name: 'd', nodeID }] } });
  expect(updated(csiNodes, node('a'), node('a'))).toEqual([]);
  expect(updated(csiNodes, node('b'), node('a'))).toEqual([
    'spec.drivers: Invalid value: {"Name":"d","NodeID":"b","TopologyKeys":null,"Allocatable":null}: field is immutable',
  ]);
});

test('storage capacities: what was asked stays', () => {
  expect(updated(csiStorageCapacities, { storageClassName: 'b' }, { storageClassName: 'a' })).toEqual([
    'storageClassName: Invalid value: "b": field is immutable',
  ]);
});

test('volume attachments have one source, and a spec that stays', () => {
  const spec = (source: object, nodeName = 'n') => ({ spec: { attacher: 'a.b', nodeName, source } });
  expect(created(volumeAttachments, spec({ persistentVolumeName: 'p', inlineVolumeSpec: {} }))).toEqual([
    'spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
  ]);
  expect(updated(volumeAttachments, spec({ persistentVolumeName: 'p' }, 'm'), spec({ persistentVolumeName: 'p' }))).toEqual([
    'spec: Invalid value: {"Attacher":"a.b","Source":{"PersistentVolumeName":"p","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable',
  ]);
});

test('volume attributes classes', () => {
  expect(created(volumeAttributesClasses, { driverName: 'd', parameters: {} })).toEqual([
    'parameters: Required value: must contain at least one key/value pair',
  ]);
  const one = (driverName: string) => ({ driverName, parameters: { a: 'b' } });
  expect(updated(volumeAttributesClasses, one('e'), one('d'))).toEqual([
    'driverName: Forbidden: updates to driverName are forbidden.',
  ]);
});

test.each<[string, number, string[]]>([
  ['mine', 1_000_000_000, []],
  ['mine', 1_000_000_001, ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000']],
  ['system-node-critical', 2_000_001_000, []],
  [
    'system-node-critical',
    5,
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000",
    ],
  ],
])('priority class %s of %i', (name, value, wanted) => {
  expect(created(priorityClasses, { metadata: { name }, value })).toEqual(wanted);
});
