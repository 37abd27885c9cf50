import { type FieldError, fieldError, path } from '@windlass/meta';
import { isDualStack } from '../../fields/ips.ts';
import { goJsonError } from '../../fields/json-text.ts';
import { legacyCidr, parseLegacyCidr } from '../../fields/legacy-ips.ts';
import { Once } from '../../fields/once.ts';
import { validateTaints } from '../../fields/taints.ts';
import { resourceQuantity } from '../../podspec/resources.ts';
import type { Node } from '../../types.gen.ts';
import { validateConfigSource, validateConfigStatus } from './config-source.ts';

const POD_CIDRS = path('spec', 'podCIDRs');
// Kubernetes shows the spec's taints under metadata.
const TAINTS = path('metadata', 'taints');
const AVOID_PODS = 'scheduler.alpha.kubernetes.io/preferAvoidPods';
const FIXED = (what: string): string => `node updates may not change ${what} except from "" to valid`;

function validateAnnotations({ metadata }: Node): FieldError[] {
  const text = metadata.annotations?.[AVOID_PODS];
  if (!text) return [];
  const error = goJsonError(text, 'v1.AvoidPods');
  return error ? [fieldError.invalid(path('metadata', 'annotations', 'AvoidPods'), AVOID_PODS, error)] : [];
}

const validateAmounts = ({ status }: Node): FieldError[] =>
  (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(status?.[list] ?? {}).flatMap(([name, amount]) => resourceQuantity(name, amount, path('status', list, name))),
  );

function validatePodCidrs({ spec }: Node): FieldError[] {
  const cidrs = spec?.podCIDRs ?? [];
  const errors = cidrs.flatMap((cidr, i) => legacyCidr(cidr, POD_CIDRS.index(i)));
  if (cidrs.length < 2) return errors;
  const ips = cidrs.map((cidr) => cidr.split('/')[0]!);
  const bad = cidrs.find((cidr) => !parseLegacyCidr(cidr));
  if (bad !== undefined)
    errors.push(
      fieldError.internal(POD_CIDRS, `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR address: ${bad}`),
    );
  if (bad !== undefined || !isDualStack(ips) || cidrs.length > 2)
    errors.push(fieldError.invalid(POD_CIDRS, cidrs, 'may specify no more than one CIDR for each IP family'));
  const once = new Once();
  return [...errors, ...cidrs.flatMap((cidr, i) => once.check(cidr, POD_CIDRS.index(i)))];
}

/** ValidateNode */
export const validateNode = (node: Node): FieldError[] => [
  ...validateAnnotations(node),
  ...validateTaints(node.spec?.taints, TAINTS),
  ...validateAmounts(node),
  ...validatePodCidrs(node),
];

function validateFixed({ spec }: Node, { spec: was }: Node): FieldError[] {
  const errors: FieldError[] = [];
  const old = was?.podCIDRs ?? [];
  const now = spec?.podCIDRs ?? [];
  const refuse = fieldError.forbidden(POD_CIDRS, FIXED('podCIDR'));
  if (old.length > 0) {
    if (old.length !== now.length) errors.push(refuse);
    else for (const [i, cidr] of old.entries()) if (cidr !== now[i]) errors.push(refuse);
  }
  if (was?.providerID && was.providerID !== spec?.providerID)
    errors.push(fieldError.forbidden(path('spec', 'providerID'), FIXED('providerID')));
  return errors;
}

/** ValidateNodeUpdate, of spec and status alike */
export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const once = new Once();
  const addresses = path('status', 'addresses');
  const { spec, status } = node;
  return [
    ...validateAnnotations(node),
    ...validateAmounts(node),
    ...(status?.addresses ?? []).flatMap((address, i) =>
      once.check(`${address.type}/${address.address}`, addresses.index(i), { Type: address.type, Address: address.address }),
    ),
    ...validateFixed(node, old),
    ...(spec?.configSource ? validateConfigSource(spec.configSource, path('spec', 'configSource')) : []),
    ...(status?.config ? validateConfigStatus(status.config, path('status', 'config')) : []),
    ...validateTaints(spec?.taints, TAINTS),
    ...((spec?.externalID ?? '') === (old.spec?.externalID ?? '')
      ? []
      : [fieldError.forbidden(path('spec', 'externalID'), 'may not be updated')]),
  ];
}
