import { type FieldError, fieldError, path, validateQualifiedName } from '@windlass/meta';
import { requiredOneOf } from '../../fields/enums.ts';
import { dnsLabel, textErrors } from '../../fields/names.ts';
import { PROTOCOLS, portNumber, portNumberOrName } from '../../fields/ports.ts';
import type { Service, ServicePort } from '../../types.gen.ts';

const PORTS = path('spec', 'ports');

function validatePort(port: ServicePort, requireName: boolean, names: Set<string>, index: number): FieldError[] {
  const at = PORTS.index(index);
  const errors: FieldError[] = [];
  const { name = '', appProtocol } = port;
  if (name) {
    errors.push(...dnsLabel(name, at.child('name')));
    if (names.has(name)) errors.push(fieldError.duplicate(at.child('name'), name));
    names.add(name);
  } else if (requireName) errors.push(fieldError.required(at.child('name')));
  errors.push(...portNumber(port.port, at.child('port')));
  errors.push(...requiredOneOf(port.protocol, PROTOCOLS, at.child('protocol')));
  errors.push(...portNumberOrName(port.targetPort, at.child('targetPort')));
  if (appProtocol !== undefined) errors.push(...textErrors(validateQualifiedName, appProtocol, at.child('appProtocol')));
  return errors;
}

/** Each port by itself, and their names among each other. */
export function validatePorts({ spec }: Service): FieldError[] {
  const ports = spec.ports ?? [];
  const names = new Set<string>();
  return ports.flatMap((port, i) => validatePort(port, ports.length > 1, names, i));
}

/** A key as Go prints the struct that Kubernetes keeps it in. */
const shownKey = ({ protocol, port }: ServicePort) => ({
  Name: '',
  Protocol: protocol,
  AppProtocol: null,
  Port: port,
  TargetPort: 0,
  NodePort: 0,
});

/** Pairs of protocol and port, or protocol and node port, must be unique. */
export function validatePortPairs({ spec }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  if (spec.type === 'ClusterIP')
    for (const [i, { nodePort }] of ports.entries())
      if (nodePort)
        errors.push(fieldError.forbidden(PORTS.index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'"));
  const nodePorts = new Set<string>();
  for (const [i, { protocol, nodePort }] of ports.entries()) {
    if (!nodePort) continue;
    const id = `${protocol}/${nodePort}`;
    if (nodePorts.has(id)) errors.push(fieldError.duplicate(PORTS.index(i).child('nodePort'), nodePort));
    nodePorts.add(id);
  }
  const pairs = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const id = `${port.protocol}/${port.port}`;
    if (pairs.has(id)) errors.push(fieldError.duplicate(PORTS.index(i), shownKey(port)));
    pairs.add(id);
  }
  return errors;
}
