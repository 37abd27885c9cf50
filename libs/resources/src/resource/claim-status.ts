import { equalJson, type FieldError, fieldError, type Path, parseCidr, path } from '@windlass/meta';
import { requiredOneOf } from '../fields/enums.ts';
import { IMMUTABLE } from '../fields/messages.ts';
import { dnsLabel } from '../fields/names.ts';
import { validateNodeSelector } from '../fields/node-selector.ts';
import { driverName } from '../storage/driver-name.ts';
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaimConsumerReference,
  ResourceClaimStatus,
} from '../types.gen.ts';
import { bindingConditions } from './binding-conditions.ts';
import { eachItem, eachOfSet } from './collections.ts';
import { requestConfiguration } from './device-claim.ts';
import * as limits from './limits.ts';
import { poolName, type RequestNames, requestReference } from './names.ts';
import { rawObject } from './opaque.ts';

type DeviceId = Pick<AllocatedDeviceStatus, 'driver' | 'pool' | 'device' | 'shareID'>;

const idOf = ({ driver, pool, device, shareID }: DeviceId): string =>
  `${driver}/${pool}/${device}${shareID ? `/${shareID}` : ''}`;

const NORMAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_FORM =
  'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters';

const shareId = (id: string | undefined, at: Path): FieldError[] =>
  id === undefined || NORMAL_UUID.test(id) ? [] : [fieldError.invalid(at, id, UUID_FORM)];

const consumer = ({ resource, name, uid }: ResourceClaimConsumerReference, at: Path): FieldError[] => [
  ...(resource ? [] : [fieldError.required(at.child('resource'))]),
  ...(name ? [] : [fieldError.required(at.child('name'))]),
  ...(uid ? [] : [fieldError.required(at.child('uid'))]),
];

const deviceName = (id: DeviceId, at: Path): FieldError[] => [
  ...driverName(id.driver, at.child('driver')),
  ...poolName(id.pool ?? '', at.child('pool')),
  ...dnsLabel(id.device ?? '', at.child('device')),
];

const allocated =
  (names: RequestNames) =>
  (result: DeviceRequestAllocationResult, at: Path): FieldError[] => [
    ...requestReference(result.request ?? '', names, at.child('request')),
    ...deviceName(result, at),
    ...bindingConditions(result, at),
    ...shareId(result.shareID, at.child('shareID')),
  ];

const allocationConfiguration =
  (names: RequestNames) =>
  (config: DeviceAllocationConfiguration, at: Path): FieldError[] => [
    ...requiredOneOf(config.source, ['FromClaim', 'FromClass'], at.child('source')),
    ...requestConfiguration(config, names, at),
  ];

const allocation = ({ devices = {}, nodeSelector }: AllocationResult, names: RequestNames, at: Path): FieldError[] => [
  ...eachItem(devices.results, limits.MAX_RESULTS, allocated(names), at.child('devices', 'results')),
  ...eachItem(devices.config, 2 * limits.MAX_CONFIGS, allocationConfiguration(names), at.child('devices', 'config')),
  ...(nodeSelector ? validateNodeSelector(nodeSelector, at.child('nodeSelector')) : []),
];

const interfaceAddress = (address: string, at: Path): FieldError[] =>
  address.includes('/') && parseCidr(address)
    ? []
    : [fieldError.invalid(at, address, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')];

function network({ interfaceName = '', hardwareAddress = '', ips }: NetworkDeviceData = {}, at: Path): FieldError[] {
  const short = (value: string, max: number, name: string) =>
    Buffer.byteLength(value) > max ? [fieldError.tooLong(at.child(name), '', max)] : [];
  return [
    ...short(interfaceName, limits.MAX_INTERFACE_BYTES, 'interfaceName'),
    ...short(hardwareAddress, limits.MAX_HARDWARE_ADDRESS_BYTES, 'hardwareAddress'),
    ...eachOfSet(ips, limits.MAX_IPS, interfaceAddress, String, at.child('ips')),
  ];
}

const deviceStatus =
  (known: ReadonlySet<string>) =>
  (device: AllocatedDeviceStatus, at: Path): FieldError[] => [
    ...deviceName(device, at),
    ...shareId(device.shareID, at.child('shareID')),
    ...(known.has(idOf(device)) ? [] : [fieldError.invalid(at, idOf(device), 'must be an allocated device in the claim')]),
    ...((device.conditions ?? []).length > limits.MAX_STATUS_CONDITIONS
      ? [fieldError.tooMany(at.child('conditions'), device.conditions!.length, limits.MAX_STATUS_CONDITIONS)]
      : []),
    ...(device.data === undefined ? [] : rawObject(device.data, at.child('data'))),
    ...network(device.networkData, at.child('networkData')),
  ];

function reservation(status: ResourceClaimStatus, old: ResourceClaimStatus, isDeleted: boolean, at: Path): FieldError[] {
  const { reservedFor = [] } = status;
  if (reservedFor.length === 0) return [];
  if (!status.allocation) return [fieldError.forbidden(at, 'may not be specified when `allocated` is not set')];
  const before = new Set((old.reservedFor ?? []).map(({ uid }) => uid));
  return isDeleted && reservedFor.some(({ uid }) => !before.has(uid))
    ? [fieldError.forbidden(at, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set')]
    : [];
}

/** Results of an allocation, by what names a device. */
export const allocatedIds = ({ allocation: result }: ResourceClaimStatus): ReadonlySet<string> =>
  new Set((result?.devices?.results ?? []).map(idOf));

/** Devices that are no longer allocated lose their status. */
export function dropDeallocated(status: ResourceClaimStatus, old: ResourceClaimStatus): void {
  const [now, before] = [allocatedIds(status), allocatedIds(old)];
  const kept = status.devices?.filter((device) => now.has(idOf(device)) || !before.has(idOf(device)));
  if (kept?.length) status.devices = kept;
  else delete status.devices;
}

/** validateResourceClaimStatusUpdate */
export function validateClaimStatus(
  status: ResourceClaimStatus,
  old: ResourceClaimStatus,
  names: RequestNames,
  isDeleted: boolean,
): FieldError[] {
  const at = path('status');
  const here = at.child('allocation');
  const changed = old.allocation && !equalJson(status.allocation, old.allocation);
  return [
    ...eachOfSet(status.reservedFor, limits.MAX_CONSUMERS, consumer, ({ uid }) => uid ?? '', at.child('reservedFor')),
    ...eachOfSet(status.devices, Number.POSITIVE_INFINITY, deviceStatus(allocatedIds(status)), idOf, at.child('devices')),
    ...reservation(status, old, isDeleted, at.child('reservedFor')),
    ...(status.allocation && !old.allocation ? allocation(status.allocation, names, here) : []),
    ...(status.allocation && changed ? [fieldError.invalid(here, status.allocation, IMMUTABLE)] : []),
  ];
}
