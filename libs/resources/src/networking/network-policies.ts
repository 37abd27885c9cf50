import { type FieldError, fieldError, formatLabelSelector, type Path, path, validatePortName } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { isStrictSubset, legacyCidr, legacyCidrWarnings, parseLegacyCidr } from '../fields/legacy-ips.ts';
import { textErrors } from '../fields/names.ts';
import { portNumber } from '../fields/ports.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../types.gen.ts';

const SPEC = path('spec');
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const TYPES = ['Ingress', 'Egress'];

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, at: Path): FieldError[] {
  const errors = oneOf(protocol, PROTOCOLS, at.child('protocol'));
  const end = at.child('endPort');
  const refuse = (detail: string) => (endPort === undefined ? [] : [fieldError.invalid(end, endPort, detail)]);
  if (port === undefined) return [...errors, ...refuse('may not be specified when `port` is not specified')];
  if (typeof port === 'string')
    return [
      ...errors,
      ...refuse('may not be specified when `port` is non-numeric'),
      ...textErrors(validatePortName, port, at.child('port')),
    ];
  errors.push(...portNumber(port, at.child('port')));
  if (endPort === undefined) return errors;
  // Kubernetes shows the other one of the two.
  if (endPort < port) errors.push(fieldError.invalid(end, port, 'must be greater than or equal to `port`'));
  return [...errors, ...portNumber(endPort, end)];
}

function validateBlock({ cidr, except = [] }: IPBlock, at: Path): FieldError[] {
  if (!cidr) return [fieldError.required(at.child('cidr'))];
  const outer = parseLegacyCidr(cidr)?.cidr;
  if (!outer) return legacyCidr(cidr, at.child('cidr'));
  return except.flatMap((text, i) => {
    const here = at.child('except').index(i);
    const inner = parseLegacyCidr(text)?.cidr;
    if (!inner) return legacyCidr(text, here);
    return isStrictSubset(inner, outer) ? [] : [fieldError.invalid(here, text, 'must be a strict subset of `cidr`')];
  });
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, lenient: boolean, at: Path): FieldError[] {
  const options = { allowInvalidValues: lenient };
  const errors = [
    ...validateLabelSelector(podSelector, at.child('podSelector'), options),
    ...validateLabelSelector(namespaceSelector, at.child('namespaceSelector'), options),
    ...(ipBlock ? validateBlock(ipBlock, at.child('ipBlock')) : []),
  ];
  const others = podSelector || namespaceSelector;
  if (!others && !ipBlock) errors.push(fieldError.required(at, 'must specify a peer'));
  else if (others && ipBlock) errors.push(fieldError.forbidden(at, 'may not specify both ipBlock and another peer'));
  return errors;
}

function validatePolicy({ spec }: NetworkPolicy, lenient = false): FieldError[] {
  const types = spec?.policyTypes ?? [];
  const at = SPEC.child('policyTypes');
  const rule = (ports: NetworkPolicyPort[] = [], peers: NetworkPolicyPeer[] = [], where: Path, side: string): FieldError[] => [
    ...ports.flatMap((port, i) => validatePort(port, where.child('ports').index(i))),
    ...peers.flatMap((peer, i) => validatePeer(peer, lenient, where.child(side).index(i))),
  ];
  return [
    ...validateLabelSelector(spec?.podSelector, SPEC.child('podSelector'), { allowInvalidValues: lenient }),
    ...(spec?.ingress ?? []).flatMap(({ ports, from }, i) => rule(ports, from, SPEC.child('ingress').index(i), 'from')),
    ...(spec?.egress ?? []).flatMap(({ ports, to }, i) => rule(ports, to, SPEC.child('egress').index(i), 'to')),
    ...(types.length > TYPES.length
      ? [fieldError.invalid(at, types, 'may not specify more than two policyTypes')]
      : types.flatMap((type, i) => oneOf(type, TYPES, at.index(i)))),
  ];
}

/** Selectors that were once accepted with values that are no label values stay accepted. */
const wasLenient = ({ spec }: NetworkPolicy): boolean => validateLabelSelector(spec?.podSelector, path()).length > 0;

function defaultPolicy({ spec }: NetworkPolicy): void {
  if (!spec) return;
  for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    for (const port of ports ?? []) port.protocol ??= 'TCP';
  if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}

function warnings({ spec }: NetworkPolicy): string[] {
  const block = (peers: NetworkPolicyPeer[] = [], at: Path): string[] =>
    peers.flatMap(({ ipBlock }, i) =>
      ipBlock
        ? [
            ...legacyCidrWarnings(ipBlock.cidr, at.index(i).child('ipBlock', 'cidr')),
            ...(ipBlock.except ?? []).flatMap((text, j) =>
              legacyCidrWarnings(text, at.index(i).child('ipBlock', 'except').index(j)),
            ),
          ]
        : [],
    );
  return [
    ...(spec?.ingress ?? []).flatMap(({ from }, i) => block(from, SPEC.child('ingress').index(i).child('from'))),
    ...(spec?.egress ?? []).flatMap(({ to }, i) => block(to, SPEC.child('egress').index(i).child('to'))),
  ];
}

export const networkPolicies = builtin<NetworkPolicy>('networking.k8s.io/v1', 'networkpolicies', {
  columns: [
    nameColumn,
    column('Pod-Selector', 'string', fieldDoc('networking.v1.NetworkPolicySpec', 'podSelector'), ({ spec }) =>
      formatLabelSelector(spec?.podSelector ?? {}),
    ),
    ageColumn,
  ],
  strategy: {
    default: defaultPolicy,
    validate: (policy) => validatePolicy(policy),
    validateUpdate: (policy, old) => validatePolicy(policy, wasLenient(old)),
    warnings,
  },
});
