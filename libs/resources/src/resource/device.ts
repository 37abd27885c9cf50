import { equalJson, type FieldError, fieldError, type Path } from '@windlass/meta';
import { dnsLabel, dnsSubdomain, requiredDnsLabel } from '../fields/names.ts';
import { validateNodeSelector } from '../fields/node-selector.ts';
import type { Counter, Device, DeviceAttribute, DeviceCounterConsumption } from '../types.gen.ts';
import { bindingConditions } from './binding-conditions.ts';
import { deviceCapacity } from './capacity.ts';
import { eachEntry, eachItem, eachOfSet } from './collections.ts';
import * as limits from './limits.ts';
import { qualifiedAttribute } from './names.ts';
import { deviceTaint } from './taints.ts';

const KEY_BYTES = limits.MAX_DOMAIN_BYTES + 1 + limits.MAX_IDENTIFIER_BYTES;
const COUNTER_KEY_BYTES = 63;
const NO_LIMIT = Number.POSITIVE_INFINITY;
const NUMBER = '(0|[1-9]\\d*)';
const PRE_RELEASE = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const BUILD = '[0-9a-zA-Z-]+';
const SEMVER = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(-${PRE_RELEASE}(\\.${PRE_RELEASE})*)?(\\+${BUILD}(\\.${BUILD})*)?$`,
);

const notTooLong = (value: string, at: Path): FieldError[] =>
  Buffer.byteLength(value) > limits.MAX_ATTRIBUTE_BYTES ? [fieldError.tooLong(at, '', limits.MAX_ATTRIBUTE_BYTES)] : [];

const version = (value: string, at: Path): FieldError[] => [
  ...(SEMVER.test(value) ? [] : [fieldError.invalid(at, value, 'must be a string compatible with semver.org spec 2.0.0')]),
  ...notTooLong(value, at),
];

function attribute(value: DeviceAttribute, at: Path): FieldError[] {
  const set = Object.values(value).filter((one) => one !== undefined);
  return [
    ...(value.string === undefined ? [] : notTooLong(value.string, at.child('string'))),
    ...(value.version === undefined ? [] : version(value.version, at.child('version'))),
    ...(set.length === 1 ? [] : [fieldError.invalid(at, set.length === 0 ? '' : value, 'exactly one value must be specified')]),
  ];
}

/** Counters by name; any amount will do. */
export function counters(map: Readonly<Record<string, Counter>> = {}, at: Path): FieldError[] {
  if (Object.keys(map).length === 0) return [fieldError.required(at)];
  return eachEntry(map, limits.MAX_COUNTERS, COUNTER_KEY_BYTES, dnsLabel, () => [], at);
}

const consumption = ({ counterSet, counters: taken }: DeviceCounterConsumption, at: Path): FieldError[] => [
  ...requiredDnsLabel(counterSet, at.child('counterSet')),
  ...counters(taken, at.child('counters')),
];

const OWN_PLACE =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
const NO_OWN_PLACE =
  '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';

/** Where a single device is; only in slices whose devices are in different places. */
function place({ nodeName, nodeSelector, allNodes }: Device, hasOwnPlace: boolean, at: Path): FieldError[] {
  if (!hasOwnPlace) {
    const isSet = nodeName !== undefined || nodeSelector !== undefined || allNodes !== undefined;
    return isSet ? [fieldError.invalid(at, undefined, NO_OWN_PLACE)] : [];
  }
  const errors: FieldError[] = [];
  const set: string[] = [];
  if (nodeName) {
    set.push('`nodeName`');
    errors.push(...dnsSubdomain(nodeName, at.child('nodeName')));
  } else if (nodeName === '') errors.push(fieldError.invalid(at.child('nodeName'), '', 'must not be empty'));
  if (nodeSelector) {
    set.push('`nodeSelector`');
    errors.push(...validateNodeSelector(nodeSelector, at.child('nodeSelector')));
  }
  if (allNodes) set.push('`allNodes`');
  else if (allNodes === false)
    errors.push(fieldError.invalid(at.child('allNodes'), false, 'must be either unset or set to true'));
  if (set.length === 0) errors.push(fieldError.required(at, OWN_PLACE));
  if (set.length > 1) errors.push(fieldError.invalid(at, `{${set.join(', ')}}`, OWN_PLACE));
  return errors;
}

/** validateDevice of a slice. `old`: the device of this name before. */
export function validateDevice(device: Device, old: Device | undefined, hasOwnPlace: boolean, at: Path): FieldError[] {
  const { attributes = {}, capacity = {} } = device;
  const count = Object.keys(attributes).length + Object.keys(capacity).length;
  const max = limits.MAX_ATTRIBUTES_AND_CAPACITIES;
  return [
    ...dnsLabel(device.name ?? '', at.child('name')),
    ...(count > max
      ? [fieldError.invalid(at, count, `the total number of attributes and capacities must not exceed ${max}`)]
      : []),
    ...eachEntry(attributes, NO_LIMIT, KEY_BYTES, qualifiedAttribute, attribute, at.child('attributes')),
    ...eachEntry(
      capacity,
      NO_LIMIT,
      KEY_BYTES,
      qualifiedAttribute,
      deviceCapacity(device.allowMultipleAllocations ?? false),
      at.child('capacity'),
    ),
    ...(old && equalJson(old.taints, device.taints)
      ? []
      : eachItem(device.taints, limits.MAX_TAINTS, deviceTaint, at.child('taints'))),
    ...eachOfSet(
      device.consumesCounters,
      limits.MAX_CONSUMPTIONS,
      consumption,
      ({ counterSet }) => counterSet,
      at.child('consumesCounters'),
    ),
    ...place(device, hasOwnPlace, at),
    ...bindingConditions(device, at),
  ];
}
