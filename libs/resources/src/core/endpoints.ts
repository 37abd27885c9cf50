import { type FieldError, fieldError, type Path, path, validateDns1123Subdomain, validateQualifiedName } from '@windlass/meta';
import { requiredOneOf } from '../fields/enums.ts';
import { legacyIp, legacyIpWarnings } from '../fields/legacy-ips.ts';
import { dnsLabel, textErrors } from '../fields/names.ts';
import { PROTOCOLS, portNumber } from '../fields/ports.ts';
import { nonSpecialIp } from '../fields/special-ips.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { shortList } from '../generic/texts.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints } from '../types.gen.ts';

const validateAddress = ({ ip, hostname, nodeName }: EndpointAddress, at: Path): FieldError[] => [
  ...legacyIp(ip, at.child('ip')),
  ...(hostname ? dnsLabel(hostname, at.child('hostname')) : []),
  ...(nodeName === undefined ? [] : textErrors(validateDns1123Subdomain, nodeName, at.child('nodeName'))),
  ...nonSpecialIp(ip, at.child('ip')),
];

function validatePort({ name, port, protocol, appProtocol }: EndpointPort, requireName: boolean, at: Path): FieldError[] {
  return [
    ...(name ? dnsLabel(name, at.child('name')) : requireName ? [fieldError.required(at.child('name'))] : []),
    ...portNumber(port ?? 0, at.child('port')),
    ...requiredOneOf(protocol, PROTOCOLS, at.child('protocol')),
    ...(appProtocol === undefined ? [] : textErrors(validateQualifiedName, appProtocol, at.child('appProtocol'))),
  ];
}

function validateSubset({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset, at: Path): FieldError[] {
  return [
    ...(addresses.length + notReadyAddresses.length === 0
      ? [fieldError.required(at, 'must specify `addresses` or `notReadyAddresses`')]
      : []),
    ...addresses.flatMap((address, i) => validateAddress(address, at.child('addresses').index(i))),
    ...notReadyAddresses.flatMap((address, i) => validateAddress(address, at.child('notReadyAddresses').index(i))),
    ...ports.flatMap((port, i) => validatePort(port, ports.length > 1, at.child('ports').index(i))),
  ];
}

const SUBSETS = path('subsets');
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

/** What the endpoints controller writes is not warned of. */
function warnings({ metadata, subsets = [] }: Endpoints): string[] {
  if (metadata.labels?.[MANAGED_BY] === 'endpoint-controller') return [];
  return subsets.flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, j) => legacyIpWarnings(ip, SUBSETS.index(i).child(list).index(j).child('ip'))),
    ),
  );
}

const hostPort = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

/** `10.0.0.1:80,…`: every address with every port of its subset. */
function addressesText({ subsets }: Endpoints): string {
  if (!subsets?.length) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port ?? 0))),
  );
  return shortList(all);
}

export const endpoints = builtin<Endpoints>('v1', 'endpoints', {
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [nameColumn, column('Endpoints', 'string', fieldDoc('core.v1.Endpoints', 'subsets'), addressesText), ageColumn],
  strategy: {
    default({ subsets }) {
      for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP';
    },
    validate: ({ subsets }) => (subsets ?? []).flatMap((subset, i) => validateSubset(subset, SUBSETS.index(i))),
    warnings,
  },
});
