import type { AnyObject } from '@windlass/meta';
import { APPLY_OBJECT, JSON_PATCH_LIST, type MutatingAdmissionPolicySpec } from '@windlass/resources';
import { type CompiledPolicy, compiledOnce, type PolicyExpression, SpecCompiler } from './compile.ts';

export interface CompiledMutation {
  type: 'ApplyConfiguration' | 'JSONPatch';
  expression: PolicyExpression;
}

export interface MutatingPolicy extends CompiledPolicy {
  mutations: CompiledMutation[];
}

function compile(spec: AnyObject): MutatingPolicy {
  const { mutations = [] } = spec as unknown as MutatingAdmissionPolicySpec;
  const compiler = new SpecCompiler(spec, true);
  return {
    ...compiler.base,
    mutations: mutations.map(({ patchType, applyConfiguration, jsonPatch }) =>
      patchType === 'JSONPatch'
        ? { type: patchType, expression: compiler.compile(jsonPatch?.expression ?? '', JSON_PATCH_LIST) }
        : {
            type: 'ApplyConfiguration',
            expression: compiler.compile(applyConfiguration?.expression ?? '', APPLY_OBJECT),
          },
    ),
  };
}

export const mutatingPolicy = compiledOnce(compile);
