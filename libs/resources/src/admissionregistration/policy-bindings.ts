import { type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { requiredDnsSubdomain } from '../fields/names.ts';
import { ageColumn, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type {
  MutatingAdmissionPolicyBinding,
  MutatingAdmissionPolicyBindingSpec,
  ValidatingAdmissionPolicyBinding,
} from '../types.gen.ts';
import { validateParamRef } from './param.ts';
import { bindingColumns } from './policy-fields.ts';
import { defaultMatchResources, validateMatchResources } from './rules.ts';

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const TWICE =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
const columns = [nameColumn, ...bindingColumns, ageColumn] as never;

const validateBinding = (spec: MutatingAdmissionPolicyBindingSpec, at: Path): FieldError[] => [
  ...requiredDnsSubdomain(spec.policyName, at.child('policyName')),
  ...validateParamRef(spec.paramRef, at.child('paramRef')),
  ...validateMatchResources(spec.matchResources, at.child('matchResources')),
];

function validateActions(actions: readonly string[] | undefined, at: Path): FieldError[] {
  if (!actions?.length) return [fieldError.required(at, 'at least one validation action is required')];
  const errors = actions.flatMap((action, i) => [
    ...oneOf(action, ACTIONS, at.index(i)),
    ...(actions.indexOf(action) < i ? [fieldError.duplicate(at.index(i), action)] : []),
  ]);
  if (actions.includes('Deny') && actions.includes('Warn')) errors.push(fieldError.invalid(at, actions, TWICE));
  return errors;
}

export const validatingAdmissionPolicyBindings = builtin<ValidatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicybindings',
  {
    strategy: {
      default: ({ spec }) => defaultMatchResources(spec?.matchResources),
      validate: ({ spec }) => [
        ...validateBinding(spec, path('spec')),
        ...validateActions(spec.validationActions, path('spec', 'validationActions')),
      ],
    },
    columns,
  },
);

export const mutatingAdmissionPolicyBindings = builtin<MutatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'mutatingadmissionpolicybindings',
  {
    strategy: {
      default: ({ spec }) => defaultMatchResources(spec?.matchResources),
      validate: ({ spec }) => validateBinding(spec, path('spec')),
    },
    columns,
  },
);
