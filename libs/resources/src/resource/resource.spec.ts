import { type FieldError, fieldErrorMessage, type HookContext, path } from '@windlass/meta';
import type { Device, DeviceCapacity, DeviceRequest, ResourceClaimStatus, ResourceSlice } from '../types.gen.ts';
import { deviceCapacity } from './capacity.ts';
import { dropDeallocated, validateClaimStatus } from './claim-status.ts';
import { validateDevice } from './device.ts';
import { defaultDeviceClaim, validateDeviceClaim } from './device-claim.ts';
import { deviceClasses } from './device-class.ts';
import { resourceClaims } from './resource-claim.ts';
import { resourceSlices } from './resource-slice.ts';

const context = { now: new Date('2026-01-02T03:04:05.678Z') } as HookContext;
const texts = (errors: FieldError[]): string[] => errors.map(fieldErrorMessage);
const at = path('x');
const exactly = (more: object = {}) => ({ deviceClassName: 'c', allocationMode: 'ExactCount', count: 1, ...more }) as const;
const request = (name: string, more: object = {}) => ({ name, exactly: exactly(more) }) as DeviceRequest;

test('a request is for one device unless it says otherwise', () => {
  const claim = {
    requests: [
      { name: 'a', exactly: { deviceClassName: 'c' } },
      { name: 'b', exactly: exactly({ allocationMode: 'All', count: 0 }) },
    ],
  };
  defaultDeviceClaim(claim as never);
  expect(claim.requests.map((one) => one.exactly)).toEqual([
    { deviceClassName: 'c', allocationMode: 'ExactCount', count: 1 },
    { deviceClassName: 'c', allocationMode: 'All', count: 0 },
  ]);
});

test('a claim without requests', () => {
  const claim = { requests: null } as never;
  defaultDeviceClaim(claim);
  expect(validateDeviceClaim(claim, at)).toEqual([]);
});

test.each<[object, string[]]>([
  [{ requests: [request('a'), request('b')] }, []],
  [{ requests: [request('a'), request('a')] }, ['x.requests[1]: Duplicate value: "a"']],
  [{ requests: [{ name: 'a' }] }, ['x.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required']],
  [
    { requests: [request('a', { allocationMode: 'All', count: 2 })] },
    ["x.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'"],
  ],
  [
    {
      requests: [
        {
          name: 'a',
          firstAvailable: [
            { name: 's', ...exactly() },
            { name: 's', ...exactly() },
          ],
        },
      ],
    },
    ['x.requests[0].firstAvailable[1]: Duplicate value: "s"'],
  ],
  [
    { requests: [request('a')], constraints: [{ requests: ['a', 'b'], matchAttribute: 'd.example.com/id' }] },
    [
      'x.constraints[0].requests[1]: Invalid value: "b": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
    ],
  ],
  [{ requests: [request('a')], config: [{ requests: ['a'] }] }, ['x.config[0].opaque: Required value']],
  [
    { requests: [request('a')], config: [{ opaque: { driver: 'd', parameters: [1] } }] },
    ['x.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object'],
  ],
  [
    { requests: Array.from({ length: 33 }, (_, i) => request(`r${i}`)) },
    ['x.requests: Too many: 33: must have at most 32 items'],
  ],
  [
    {
      requests: [
        request('a', {
          tolerations: [
            { operator: 'Exists', value: 'v' },
            { operator: 'X', effect: 'Y' },
          ],
        }),
      ],
    },
    [
      'x.requests[0].exactly.tolerations[0].value: Invalid value: "v": must be empty for operator `Exists`',
      'x.requests[0].exactly.tolerations[1].operator: Unsupported value: "X": supported values: "Equal", "Exists"',
      'x.requests[0].exactly.tolerations[1].effect: Unsupported value: "Y": supported values: "NoExecute", "NoSchedule", "None"',
    ],
  ],
])('%# claims', (claim, wanted) => expect(texts(validateDeviceClaim(claim, at))).toEqual(wanted));

describe('the status of a claim', () => {
  const names = new Map([['a', new Set<string>()]]);
  const result = { request: 'a', driver: 'd', pool: 'p', device: 'one' };
  const allocation = { devices: { results: [result] } };
  const user = { resource: 'pods', name: 'p', uid: 'u' };
  const check = (status: ResourceClaimStatus, old: ResourceClaimStatus = {}, isDeleted = false) =>
    texts(validateClaimStatus(status, old, names, isDeleted));

  test.each<[ResourceClaimStatus, ResourceClaimStatus, boolean, string[]]>([
    [{ allocation, reservedFor: [user] }, {}, false, []],
    [{ reservedFor: [user] }, {}, false, ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set']],
    [
      { allocation, reservedFor: [user] },
      { allocation },
      true,
      [
        'status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
      ],
    ],
    [
      { allocation, devices: [{ driver: 'd', pool: 'p', device: 'other' }] },
      { allocation },
      false,
      ['status.devices[0]: Invalid value: "d/p/other": must be an allocated device in the claim'],
    ],
  ])('%#', (status, old, isDeleted, wanted) => expect(check(status, old, isDeleted)).toEqual(wanted));

  test('an allocation stays as it is', () => {
    const other = { devices: { results: [{ ...result, device: 'two' }] } };
    expect(check({ allocation: other }, { allocation })[0]).toMatch(/^status.allocation: Invalid value: .*: field is immutable$/);
  });

  test('devices that are given back lose their status', () => {
    const status: ResourceClaimStatus = { devices: [result] };
    dropDeallocated(status, { allocation, devices: [result] });
    expect(status).toEqual({});
  });
});

test('a changed claim is shown as Go shows it', () => {
  const claim = (name: string) => ({ metadata: {}, spec: { devices: { requests: [request(name)] } } });
  const errors = resourceClaims.strategy!.validateUpdate!(claim('q'), claim('r'), context);
  expect(texts(errors)).toEqual([
    'spec: Invalid value: {"Devices":{"Requests":[{"Name":"q","Exactly":{"DeviceClassName":"c","Selectors":null,"AllocationMode":"ExactCount","Count":1,"AdminAccess":null,"Tolerations":null,"Capacity":null},"FirstAvailable":null}],"Constraints":null,"Config":null}}: field is immutable',
  ]);
});

test.each<[object, string[]]>([
  [{ requestPolicy: { default: '1', validValues: ['1', '2'] } }, []],
  [{ requestPolicy: { validValues: ['1'] } }, ['x.requestPolicy.default: Required value: required when validValues is defined']],
  [
    { requestPolicy: { default: '3', validValues: ['2', '1', '20'] } },
    [
      'x.requestPolicy.validValues[1]: Invalid value: "1": values must be sorted in ascending order',
      'x.requestPolicy.validValues[2]: Invalid value: "20": option is larger than capacity value: 10',
      'x.requestPolicy.validValues: Invalid value: "3": default value is not valid according to the requestPolicy',
    ],
  ],
  [
    { requestPolicy: { default: '2', validRange: { min: '3', max: '20', step: '2' } } },
    [
      'x.requestPolicy.validRange.min: Invalid value: "2": default is less than min: 3',
      'x.requestPolicy.validRange.max: Invalid value: "20": max is larger than capacity value: 10',
      'x.requestPolicy.validRange.step: Invalid value: "2": value is not a multiple of a given step (2) from (3)',
      'x.requestPolicy.validRange.step: Invalid value: "20": value is not a multiple of a given step (2) from (3)',
    ],
  ],
])('%# capacities', (capacity, wanted) => {
  expect(texts(deviceCapacity(true)({ value: '10', ...capacity } as DeviceCapacity, at))).toEqual(wanted);
});

test.each<[Partial<Device>, boolean, string[]]>([
  [{ attributes: { model: { string: 'm' }, 'd.example.com/v': { version: '1.2.3-rc.1' } } }, false, []],
  [
    { attributes: { model: { string: 'm', int: 1 } } },
    false,
    ['x.attributes[model]: Invalid value: {"string":"m","int":1}: exactly one value must be specified'],
  ],
  [
    { attributes: { v: { version: 'x' } } },
    false,
    ['x.attributes[v].version: Invalid value: "x": must be a string compatible with semver.org spec 2.0.0'],
  ],
  [
    { nodeName: 'n' },
    false,
    [
      'x: Invalid value: "null": `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
    ],
  ],
  [
    { nodeName: 'n', allNodes: true },
    true,
    [
      'x: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
    ],
  ],
  [
    { taints: [{ key: 'a', effect: 'X' as never }] },
    false,
    ['x.taints[0].effect: Unsupported value: "X": supported values: "NoExecute", "NoSchedule", "None"'],
  ],
  [
    { bindingConditions: ['a'] },
    false,
    ['x.bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions'],
  ],
  [{ consumesCounters: [{ counterSet: 's', counters: {} }] }, false, ['x.consumesCounters[0].counters: Required value']],
])('%# devices', (device, hasOwnPlace, wanted) => {
  expect(texts(validateDevice({ name: 'd', ...device }, undefined, hasOwnPlace, at))).toEqual(wanted);
});

describe('slices', () => {
  const slice = (more: object = {}): ResourceSlice => ({
    metadata: {},
    spec: { driver: 'd', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, ...more },
  });
  test('their driver, pool and node stay', () => {
    const errors = resourceSlices.strategy!.validateUpdate!(slice({ nodeName: 'm' }), slice(), context);
    expect(texts(errors)).toEqual(['spec.nodeName: Invalid value: "m": field is immutable']);
  });
  test('a new taint gets its time', () => {
    const made = slice({ devices: [{ name: 'd', taints: [{ key: 'a', effect: 'None' }] }] });
    resourceSlices.strategy!.default!(made, context);
    expect(made.spec.devices![0]!.taints![0]!.timeAdded).toBe('2026-01-02T03:04:05Z');
  });
});

test.each([
  ['example.com/gpu', true],
  ['cpu', false],
  ['kubernetes.io/gpu', false],
])('extended resource %s: %s', (extendedResourceName, isFine) => {
  const errors = deviceClasses.strategy!.validate!({ metadata: {}, spec: { extendedResourceName } }, context);
  expect(errors.length === 0).toBe(isFine);
});
