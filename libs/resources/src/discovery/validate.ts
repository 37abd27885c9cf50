import {
  type FieldError,
  fieldError,
  type Path,
  path,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabels,
  validateLabelValue,
  validateQualifiedName,
} from '@windlass/meta';
import { requiredOneOf } from '../fields/enums.ts';
import { immutable } from '../fields/immutable.ts';
import { parseLegacyIp } from '../fields/legacy-ips.ts';
import { dnsLabel, textErrors } from '../fields/names.ts';
import { Once } from '../fields/once.ts';
import { PROTOCOLS } from '../fields/ports.ts';
import { nonSpecialIp } from '../fields/special-ips.ts';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointHints, EndpointSlice } from '../types.gen.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_TOPOLOGY = 16;
const MAX_HINTS = 8;
const ZONE = 'topology.kubernetes.io/zone';

const atMost = (count: number, max: number, at: Path): FieldError[] => (count > max ? [fieldError.tooMany(at, count, max)] : []);

function validateIp(address: string, family: 4 | 6, at: Path): FieldError[] {
  const right = parseLegacyIp(address)?.family === family;
  return [
    ...(right ? [] : [fieldError.invalid(at, address, `must be a valid IPv${family} address`)]),
    ...nonSpecialIp(address, at),
  ];
}

/** IsFullyQualifiedDomainName */
function validateDomain(given: string, at: Path): FieldError[] {
  if (given === '') return [fieldError.required(at)];
  const name = given.replace(/\.$/, '');
  const texts = validateDns1123Subdomain(name);
  if (texts.length > 0) return [fieldError.invalid(at, name, texts.join(','))];
  const labels = name.split('.');
  if (labels.length < 2) return [fieldError.invalid(at, name, 'should be a domain with at least two segments separated by dots')];
  return labels.flatMap((label) => {
    const wrong = validateDns1123Label(label);
    return wrong.length > 0 ? [fieldError.invalid(at, label, wrong.join(','))] : [];
  });
}

function validateAddress(address: string, type: string, at: Path): FieldError[] {
  switch (type) {
    case 'IPv4':
      return validateIp(address, 4, at);
    case 'IPv6':
      return validateIp(address, 6, at);
    case 'FQDN':
      return validateDomain(address, at);
    default:
      return [];
  }
}

function validateHintNames(
  hints: readonly { name: string }[] | undefined,
  check: (name: string) => string[],
  at: Path,
): FieldError[] {
  if ((hints?.length ?? 0) > MAX_HINTS) return [fieldError.tooMany(at, hints!.length, MAX_HINTS)];
  const once = new Once();
  return (hints ?? []).flatMap(({ name }, i) => {
    const here = at.index(i).child('name');
    return [...once.check(name, here), ...textErrors(check, name, here)];
  });
}

const validateHints = ({ forZones, forNodes }: EndpointHints, at: Path): FieldError[] => [
  ...validateHintNames(forZones, validateLabelValue, at.child('forZones')),
  ...validateHintNames(forNodes, validateDns1123Subdomain, at.child('forNodes')),
];

function validateEndpoint(endpoint: Endpoint, type: string, at: Path): FieldError[] {
  const { addresses = [], nodeName, deprecatedTopology: topology = {}, hostname, hints } = endpoint;
  const list = at.child('addresses');
  const topologyAt = at.child('deprecatedTopology');
  return [
    ...(addresses.length === 0
      ? [fieldError.required(list, 'must contain at least 1 address')]
      : atMost(addresses.length, MAX_ADDRESSES, list)),
    ...addresses.flatMap((address, i) => validateAddress(address, type, list.index(i))),
    ...(nodeName === undefined ? [] : textErrors(validateDns1123Subdomain, nodeName, at.child('nodeName'))),
    ...atMost(Object.keys(topology).length, MAX_TOPOLOGY, topologyAt),
    ...validateLabels(topology, topologyAt),
    ...(topology[ZONE] === undefined
      ? []
      : [fieldError.internal(topologyAt.key(ZONE), 'reserved key was not removed in conversion')]),
    ...(hostname === undefined ? [] : dnsLabel(hostname, at.child('hostname'))),
    ...(hints ? validateHints(hints, at.child('hints')) : []),
  ];
}

function validatePort({ name = '', protocol, appProtocol }: DiscoveryV1EndpointPort, names: Once, at: Path): FieldError[] {
  return [
    ...(name ? dnsLabel(name, at.child('name')) : []),
    ...names.check(name, at.child('name')),
    ...requiredOneOf(protocol, PROTOCOLS, at.child('protocol')),
    ...(appProtocol === undefined ? [] : textErrors(validateQualifiedName, appProtocol, at.child('appProtocol'))),
  ];
}

/** ValidateEndpointSlice */
export function validateEndpointSlice({ addressType = '' as never, endpoints, ports }: EndpointSlice): FieldError[] {
  const names = new Once();
  const all = endpoints ?? [];
  const tooMany = atMost(all.length, MAX_ENDPOINTS, path('endpoints'));
  const tooManyPorts = atMost(ports?.length ?? 0, MAX_PORTS, path('ports'));
  return [
    ...requiredOneOf(addressType, ADDRESS_TYPES, path('addressType')),
    ...(tooMany.length > 0 ? tooMany : all.flatMap((one, i) => validateEndpoint(one, addressType, path('endpoints').index(i)))),
    ...(tooManyPorts.length > 0
      ? tooManyPorts
      : (ports ?? []).flatMap((port, i) => validatePort(port, names, path('ports').index(i)))),
  ];
}

export const validateEndpointSliceUpdate = (slice: EndpointSlice, old: EndpointSlice): FieldError[] => [
  ...validateEndpointSlice(slice),
  ...immutable(slice.addressType, old.addressType, path('addressType')),
];
