import { type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { dnsSubdomain, requiredDnsLabel } from '../fields/names.ts';
import { validateNodeSelector } from '../fields/node-selector.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { driverName } from '../storage/driver-name.ts';
import type { CounterSet, ResourcePool, ResourceSlice, ResourceSliceSpec } from '../types.gen.ts';
import { eachOfSet } from './collections.ts';
import { counters, validateDevice } from './device.ts';
import { MAX_COUNTER_SETS, MAX_DEVICES, MAX_TAINTED_OR_SHARED_DEVICES } from './limits.ts';
import { poolName } from './names.ts';

const SPEC = 'resource.v1.ResourceSliceSpec';
const ONE_PLACE = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

function validatePool({ name, resourceSliceCount: count, generation }: ResourcePool, at: Path): FieldError[] {
  const errors = poolName(name ?? '', at.child('name'));
  if ((count ?? 0) <= 0) errors.push(fieldError.invalid(at.child('resourceSliceCount'), count ?? 0, 'must be greater than zero'));
  if ((generation ?? 0) < 0)
    errors.push(fieldError.invalid(at.child('generation'), generation, 'must be greater than or equal to zero'));
  return errors;
}

/** Where all devices of a slice are. */
function place({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: ResourceSliceSpec, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const set: string[] = [];
  if (nodeName) {
    set.push('`nodeName`');
    errors.push(...dnsSubdomain(nodeName, at.child('nodeName')));
  } else if (nodeName === '')
    errors.push(fieldError.invalid(at.child('nodeName'), '', 'must be either unset or set to a non-empty string'));
  if (nodeSelector) {
    set.push('`nodeSelector`');
    const here = at.child('nodeSelector');
    errors.push(...validateNodeSelector(nodeSelector, here));
    if (nodeSelector.nodeSelectorTerms?.length !== 1)
      errors.push(
        fieldError.invalid(
          here.child('nodeSelectorTerms'),
          nodeSelector.nodeSelectorTerms ?? null,
          'must have exactly one node selector term',
        ),
      );
  }
  for (const [field, value] of Object.entries({ allNodes, perDeviceNodeSelection })) {
    if (value) set.push(`\`${field}\``);
    else if (value === false) errors.push(fieldError.invalid(at.child(field), false, 'must be either unset or set to true'));
  }
  if (set.length === 0) errors.push(fieldError.required(at, ONE_PLACE));
  if (set.length > 1) errors.push(fieldError.invalid(at, `{${set.join(', ')}}`, `${ONE_PLACE}, but multiple fields are set`));
  return errors;
}

const counterSet = ({ name, counters: own }: CounterSet, at: Path): FieldError[] => [
  ...requiredDnsLabel(name, at.child('name')),
  ...counters(own, at.child('counters')),
];

function validate({ spec }: ResourceSlice, old?: ResourceSlice): FieldError[] {
  const at = path('spec');
  const before = old?.spec;
  const pool: Partial<ResourcePool> = spec.pool ?? {};
  const isCostly = spec.devices?.some(({ taints, consumesCounters }) => taints?.length || consumesCounters?.length);
  return [
    ...driverName(spec.driver, at.child('driver')),
    ...validatePool(pool as ResourcePool, at.child('pool')),
    ...(before
      ? [
          ...immutable(pool.name, before.pool.name, at.child('pool', 'name')),
          ...immutable(spec.driver, before.driver, at.child('driver')),
          ...immutable(spec.nodeName, before.nodeName, at.child('nodeName')),
        ]
      : []),
    ...place(spec, at),
    ...(spec.sharedCounters && spec.devices
      ? [fieldError.invalid(at, '', 'only one of `sharedCounters` or `devices` is allowed')]
      : []),
    ...eachOfSet(
      spec.devices,
      isCostly ? MAX_TAINTED_OR_SHARED_DEVICES : MAX_DEVICES,
      (device, here) =>
        validateDevice(
          device,
          before?.devices?.find(({ name }) => name === device.name),
          spec.perDeviceNodeSelection ?? false,
          here,
        ),
      ({ name }) => name ?? '',
      at.child('devices'),
    ),
    ...eachOfSet(spec.sharedCounters, MAX_COUNTER_SETS, counterSet, ({ name }) => name, at.child('sharedCounters')),
  ];
}

export const resourceSlices = builtin<ResourceSlice>('resource.k8s.io/v1', 'resourceslices', {
  selectableFields: {
    'metadata.name': ({ metadata }) => metadata.name ?? '',
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.driver': ({ spec }) => spec.driver,
  },
  columns: [
    nameColumn,
    column<ResourceSlice>('Node', 'string', fieldDoc(SPEC, 'nodeName', true), ({ spec }) => spec.nodeName ?? ''),
    column<ResourceSlice>('Driver', 'string', fieldDoc(SPEC, 'driver', true), ({ spec }) => spec.driver),
    column<ResourceSlice>('Pool', 'string', fieldDoc('resource.v1.ResourcePool', 'name', true), ({ spec }) => spec.pool.name),
    ageColumn,
  ],
  strategy: {
    default({ spec }, { now }) {
      const timeAdded = now.toISOString().replace(/\.\d+Z$/, 'Z');
      for (const { taints = [] } of spec.devices ?? []) for (const taint of taints) taint.timeAdded ??= timeAdded;
    },
    validate: (slice) => validate(slice),
    validateUpdate: validate,
  },
});
