import { type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { APPLY_OBJECT, JSON_PATCH_LIST } from '../cel/admission-environment.ts';
import { requiredOneOf } from '../fields/enums.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { MutatingAdmissionPolicy, Mutation } from '../types.gen.ts';
import { PolicyCompiler } from './policy-expressions.ts';
import { defaultPolicy, paramKindColumn, validatePolicy } from './policy-fields.ts';
import { REINVOCATION_POLICIES } from './webhook-configurations.ts';

const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];

function validateMutation(compiler: PolicyCompiler, mutation: Mutation, at: Path): FieldError[] {
  const errors = requiredOneOf(mutation.patchType, PATCH_TYPES, at.child('patchType'));
  const forms = [
    ['ApplyConfiguration', 'applyConfiguration', mutation.applyConfiguration?.expression, APPLY_OBJECT],
    ['JSONPatch', 'jsonPatch', mutation.jsonPatch?.expression, JSON_PATCH_LIST],
  ] as const;
  for (const [type, field, expression, wanted] of forms) {
    const here = at.child(field);
    if (mutation.patchType !== type) {
      if (mutation[field])
        errors.push(fieldError.invalid(here, '', `must not be specified when patchType is ${mutation.patchType}`));
    } else if (!mutation[field]) errors.push(fieldError.required(here, `must be specified when patchType is ${type}`));
    else if (!expression?.trim()) errors.push(fieldError.required(here.child('expression'), 'expression is not specified'));
    else errors.push(...compiler.compile(expression, here.child('expression'), wanted).errors);
  }
  return errors;
}

function validate({ spec = {} }: MutatingAdmissionPolicy): FieldError[] {
  const at = path('spec');
  const compiler = new PolicyCompiler({ params: spec.paramKind !== undefined, mutations: true });
  const mutations = at.child('mutations');
  return [
    ...validatePolicy(spec, at),
    ...compiler.validateVariables(spec.variables, at.child('variables')),
    ...(spec.mutations?.length
      ? spec.mutations.flatMap((mutation, i) => validateMutation(compiler, mutation, mutations.index(i)))
      : [fieldError.required(mutations, 'mutations must contain at least one item')]),
    ...requiredOneOf(spec.reinvocationPolicy, REINVOCATION_POLICIES, at.child('reinvocationPolicy')),
  ];
}

export const mutatingAdmissionPolicies = builtin<MutatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'mutatingadmissionpolicies',
  {
    strategy: { default: ({ spec }) => defaultPolicy(spec), validate },
    columns: [
      nameColumn,
      column<MutatingAdmissionPolicy>(
        'Mutations',
        'integer',
        'Mutation indicates the number of mutations rules defined in this configuration',
        ({ spec }) => spec.mutations?.length ?? 0,
      ),
      paramKindColumn as never,
      ageColumn,
    ] as never,
  },
);
