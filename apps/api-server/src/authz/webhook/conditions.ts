import {
  CelCompileError,
  type CelProgram,
  celTypeName,
  celTypes,
  compileCel,
  extendEnvironment,
  kubernetesEnvironment,
  toCel,
} from '@windlass/meta';
import type { SubjectAccessReviewSpec } from '@windlass/resources';

const { listOf, mapOf, objectType, STRING } = celTypes;

const requirement = objectType('kubernetes.SelectorRequirement', { key: STRING, operator: STRING, values: listOf(STRING) });
const selector = objectType('kubernetes.SelectorAttributes', { rawSelector: STRING, requirements: listOf(requirement) });
/** `request`: the specification of the SubjectAccessReview. (k8s.io/apiserver/pkg/authorization/cel) */
const REQUEST = objectType('kubernetes.SubjectAccessReviewSpec', {
  resourceAttributes: objectType('kubernetes.ResourceAttributes', {
    namespace: STRING,
    verb: STRING,
    group: STRING,
    version: STRING,
    resource: STRING,
    subresource: STRING,
    name: STRING,
    fieldSelector: selector,
    labelSelector: selector,
  }),
  nonResourceAttributes: objectType('kubernetes.NonResourceAttributes', { path: STRING, verb: STRING }),
  user: STRING,
  groups: listOf(STRING),
  extra: mapOf(STRING, listOf(STRING)),
  uid: STRING,
});
const ENVIRONMENT = extendEnvironment(kubernetesEnvironment, { variables: { request: REQUEST } });

/** @throws Error with the reason, as kube-apiserver gives it */
export function compileCondition(expression: string): CelProgram {
  try {
    const program = compileCel(expression, ENVIRONMENT);
    if (program.type.kind === 'bool') return program;
    throw new Error(`must evaluate to bool, not ${celTypeName(program.type)}`);
  } catch (error) {
    if (error instanceof CelCompileError) throw new Error(`compilation failed: ${error.message}`);
    throw error;
  }
}

/** Whether all conditions hold: one that is false decides before any that fails. @throws Error of those that failed, when none is false */
export function conditionsHold(conditions: readonly CelProgram[], spec: SubjectAccessReviewSpec): boolean {
  if (conditions.length === 0) return true;
  const variables = new Map([['request', toCel(spec, REQUEST)]]);
  const failures: string[] = [];
  for (const program of conditions) {
    try {
      if (program.evaluate(variables) !== true) return false;
    } catch (error) {
      failures.push(`cel evaluation error: expression '${program.source}' resulted in error: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join(', '));
  return true;
}
