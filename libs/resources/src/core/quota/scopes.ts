import { type FieldError, fieldError, path } from '@windlass/meta';
import type { ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../../types.gen.ts';
import { isQuotaResource } from './resource-names.ts';

const COMPUTE = new Set(['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']);
const EXISTS_ONLY = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const POD_SCOPES = [...EXISTS_ONLY, 'PriorityClass'];
const STANDARD = [...POD_SCOPES, 'VolumeAttributesClass'];
const OPPOSITES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

/** IsResourceQuotaScopeValidForResource */
function appliesTo(scope: string, resource: string): boolean {
  const isPods = resource === 'pods';
  switch (scope) {
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return isPods || COMPUTE.has(resource);
    case 'BestEffort':
      return isPods;
    case 'VolumeAttributesClass':
      return resource === 'persistentvolumeclaims' || resource === 'requests.storage';
    default:
      return true;
  }
}

const misfits = (scope: string, { hard }: ResourceQuotaSpec): string[] =>
  Object.keys(hard ?? {})
    .sort()
    .filter((resource) => isQuotaResource(resource) && !appliesTo(scope, resource));

const conflicts = (scopes: ReadonlySet<string>): number =>
  OPPOSITES.filter((pair) => pair.every((scope) => scopes.has(scope))).length;

/** validateResourceQuotaScopes */
export function validateScopes(spec: ResourceQuotaSpec): FieldError[] {
  const scopes = spec.scopes ?? [];
  const at = path('spec', 'scopes');
  const refuse = (detail: string) => fieldError.invalid(at, scopes, detail);
  return [
    ...scopes.flatMap((scope) => [
      ...(STANDARD.includes(scope) ? [] : [refuse('unsupported scope')]),
      ...misfits(scope, spec).map(() => refuse('unsupported scope applied to resource')),
    ]),
    ...Array.from({ length: conflicts(new Set(scopes)) }, () => refuse('conflicting scopes')),
  ];
}

const AT = path('spec', 'scopeSelector', 'matchExpressions');

function validateRequirement(
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
  spec: ResourceQuotaSpec,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!STANDARD.includes(scopeName)) errors.push(fieldError.invalid(AT.child('scopeName'), scopeName, 'unsupported scope'));
  for (const _ of misfits(scopeName, spec))
    errors.push(fieldError.invalid(AT, spec.scopeSelector, 'unsupported scope applied to resource'));
  if (EXISTS_ONLY.includes(scopeName) && operator !== 'Exists')
    errors.push(
      fieldError.invalid(
        AT.child('operator'),
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      ),
    );
  const here = AT.child('values');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(fieldError.required(here, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(
        fieldError.invalid(here, values, "must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector"),
      );
  } else errors.push(fieldError.invalid(AT.child('operator'), operator, 'not a valid selector operator'));
  return errors;
}

/** validateScopeSelector */
export function validateScopeSelector(spec: ResourceQuotaSpec): FieldError[] {
  const requirements = spec.scopeSelector?.matchExpressions ?? [];
  const scopes = new Set<string>(requirements.map(({ scopeName }) => scopeName));
  return [
    ...requirements.flatMap((requirement) => validateRequirement(requirement, spec)),
    ...Array.from({ length: conflicts(scopes) }, () => fieldError.invalid(AT, spec.scopes ?? null, 'conflicting scopes')),
  ];
}
