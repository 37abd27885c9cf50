import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { admissionEnvironment } from '../cel/admission-environment.ts';
import { requiredOneOf } from '../fields/enums.ts';
import { column } from '../generic/columns.ts';
import type { MatchResources, ParamKind, ParamRef } from '../types.gen.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { validateParamKind } from './param.ts';
import { defaultMatchResources, validateMatchResources } from './rules.ts';
import { FAILURE_POLICIES } from './webhook-configurations.ts';

/** What policies that validate and policies that mutate have in common. */
export interface PolicySpec {
  failurePolicy?: 'Fail' | 'Ignore';
  paramKind?: ParamKind;
  matchConstraints?: MatchResources;
  matchConditions?: { name: string; expression: string }[];
}

export function defaultPolicy(spec: PolicySpec | undefined): void {
  if (!spec) return;
  spec.failurePolicy ??= 'Fail';
  defaultMatchResources(spec.matchConstraints);
}

/** Everything but what the policy does. */
export function validatePolicy(spec: PolicySpec, at: Path): FieldError[] {
  const match = at.child('matchConstraints');
  const params = spec.paramKind !== undefined;
  return [
    ...requiredOneOf(spec.failurePolicy, FAILURE_POLICIES, at.child('failurePolicy')),
    ...validateParamKind(spec.paramKind, at.child('paramKind')),
    ...(spec.matchConstraints ? validateMatchResources(spec.matchConstraints, match) : [fieldError.required(match)]),
    ...(spec.matchConstraints && !spec.matchConstraints.resourceRules?.length
      ? [fieldError.required(match.child('resourceRules'))]
      : []),
    ...validateMatchConditions(
      spec.matchConditions,
      admissionEnvironment({ params, namespaceObject: true }),
      at.child('matchConditions'),
    ),
  ];
}

const UNSET = '<unset>';

export const paramKindColumn = column<{ spec: PolicySpec }>(
  'ParamKind',
  'string',
  'ParamKind specifies the kind of resources used to parameterize this policy',
  ({ spec: { paramKind } }) => (paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : UNSET),
);

/** Columns of bindings. */
export const bindingColumns = [
  column<{ spec: { policyName?: string } }>(
    'PolicyName',
    'string',
    'PolicyName indicates the policy definition which the policy binding binded to',
    ({ spec }) => spec.policyName ?? '',
  ),
  column<{ spec: { paramRef?: ParamRef } }>(
    'ParamRef',
    'string',
    'ParamRef indicates the param resource which sets the configuration param',
    ({ spec: { paramRef } }) => {
      if (!paramRef) return UNSET;
      if (paramRef.name) return paramRef.namespace ? `${paramRef.namespace}/${paramRef.name}` : paramRef.name;
      return `${paramRef.namespace ?? '*'}/${JSON.stringify(paramRef.selector?.matchLabels ?? {})}`;
    },
  ),
];
