import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { dnsLabel, requiredDnsSubdomain } from '../fields/names.ts';
import type { DeviceClaim, DeviceConstraint, DeviceRequest, DeviceSubRequest, ExactDeviceRequest } from '../types.gen.ts';
import { eachItem, eachOfSet } from './collections.ts';
import { MAX_CONFIGS, MAX_CONSTRAINTS, MAX_REQUESTS, MAX_SUB_REQUESTS } from './limits.ts';
import { fullyQualifiedAttribute, type RequestNames, requestNamesOf, requestReference } from './names.ts';
import { deviceConfiguration } from './opaque.ts';
import { deviceSelectors } from './selectors.ts';
import { deviceToleration } from './taints.ts';

type Wanted = ExactDeviceRequest | DeviceSubRequest;

/** One device of the class unless said otherwise. */
export function defaultWanted(wanted: Wanted): void {
  wanted.allocationMode ||= 'ExactCount';
  if (wanted.allocationMode === 'ExactCount' && !wanted.count) wanted.count = 1;
  for (const toleration of wanted.tolerations ?? []) toleration.operator ||= 'Equal';
}

export function defaultDeviceClaim({ requests }: Partial<DeviceClaim>): void {
  // Null, not absent, when it is not set.
  for (const { exactly, firstAvailable = [] } of requests ?? []) {
    if (exactly) defaultWanted(exactly);
    for (const alternative of firstAvailable) defaultWanted(alternative);
  }
}

function allocationMode({ allocationMode: mode, count = 0 }: Wanted, at: Path): FieldError[] {
  const here = at.child('count');
  if (mode === 'All')
    return count === 0 ? [] : [fieldError.invalid(here, count, "must not be specified when allocationMode is 'All'")];
  if (mode === 'ExactCount') return count > 0 ? [] : [fieldError.invalid(here, count, 'must be greater than zero')];
  return [fieldError.notSupported(at.child('allocationMode'), mode ?? '', ['All', 'ExactCount'])];
}

const wantedDevices = (wanted: Wanted, at: Path): FieldError[] => [
  ...requiredDnsSubdomain(wanted.deviceClassName, at.child('deviceClassName')),
  ...deviceSelectors(wanted.selectors, at.child('selectors')),
  ...allocationMode(wanted, at),
  ...(wanted.tolerations ?? []).flatMap((toleration, i) => deviceToleration(toleration, at.child('tolerations').index(i))),
];

const alternative = (wanted: DeviceSubRequest, at: Path): FieldError[] => [
  ...dnsLabel(wanted.name ?? '', at.child('name')),
  ...wantedDevices(wanted, at),
];

function oneKind({ exactly, firstAvailable = [] }: DeviceRequest, at: Path): FieldError[] {
  const rule = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly && firstAvailable.length > 0) return [fieldError.invalid(at, undefined, `${rule}, but multiple fields are set`)];
  if (exactly) return wantedDevices(exactly, at.child('exactly'));
  if (firstAvailable.length === 0) return [fieldError.required(at, rule)];
  return eachOfSet(firstAvailable, MAX_SUB_REQUESTS, alternative, ({ name }) => name, at.child('firstAvailable'));
}

const deviceRequest = (request: DeviceRequest, at: Path): FieldError[] => [
  ...dnsLabel(request.name ?? '', at.child('name')),
  ...oneKind(request, at),
];

const references = (requests: readonly string[] | undefined, names: RequestNames, at: Path): FieldError[] =>
  eachOfSet(requests, MAX_REQUESTS, (name, here) => requestReference(name, names, here), String, at.child('requests'));

/** A configuration that applies to some of the requests, or to all. */
export const requestConfiguration = (
  config: Parameters<typeof deviceConfiguration>[0] & { requests?: string[] },
  names: RequestNames,
  at: Path,
): FieldError[] => [...references(config.requests, names, at), ...deviceConfiguration(config, at)];

function attribute({ matchAttribute, distinctAttribute }: DeviceConstraint, at: Path): FieldError[] {
  if (matchAttribute !== undefined) return fullyQualifiedAttribute(matchAttribute, at.child('matchAttribute'));
  if (distinctAttribute !== undefined) return fullyQualifiedAttribute(distinctAttribute, at.child('distinctAttribute'));
  const rule = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
  return [fieldError.required(at, rule)];
}

/** validateDeviceClaim: requests, what must hold between their devices, and their configuration. */
export function validateDeviceClaim(claim: Partial<DeviceClaim>, at: Path): FieldError[] {
  const names = requestNamesOf(claim);
  return [
    ...eachOfSet(claim.requests, MAX_REQUESTS, deviceRequest, ({ name }) => name ?? '', at.child('requests')),
    ...eachItem(
      claim.constraints,
      MAX_CONSTRAINTS,
      (one, here) => [...references(one.requests, names, here), ...attribute(one, here)],
      at.child('constraints'),
    ),
    ...eachItem(claim.config, MAX_CONFIGS, (one, here) => requestConfiguration(one, names, here), at.child('config')),
  ];
}
