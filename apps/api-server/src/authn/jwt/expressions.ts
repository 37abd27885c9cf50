import {
  CelCompileError,
  type CelProgram,
  type CelType,
  celToJson,
  celTypeName,
  celTypes,
  compileCel,
  extendEnvironment,
  kubernetesEnvironment,
  toCel,
} from '@windlass/meta';

const { BOOL, DYN, listOf, mapOf, objectType, STRING } = celTypes;

const USER = objectType('kubernetes.UserInfo', {
  username: STRING,
  uid: STRING,
  groups: listOf(STRING),
  extra: mapOf(STRING, listOf(STRING)),
});
/** `claims` is the token's payload, `user` who it was mapped to. (k8s.io/apiserver/pkg/authentication/cel) */
const ENVIRONMENTS = {
  claims: extendEnvironment(kubernetesEnvironment, { variables: { claims: mapOf(STRING, DYN) } }),
  user: extendEnvironment(kubernetesEnvironment, { variables: { user: USER } }),
};
const TYPES = { claims: mapOf(STRING, DYN), user: USER };

export type Root = keyof typeof ENVIRONMENTS;

/** What an expression may come to. */
export type Wanted = 'bool' | 'string' | 'strings';

const isA = (type: CelType, wanted: Wanted): boolean => {
  if (type.kind === 'dyn') return true;
  if (wanted === 'bool') return type.kind === BOOL.kind;
  if (type.kind === 'string') return true;
  return wanted === 'strings' && type.kind === 'list' && (type.of.kind === 'string' || type.of.kind === 'dyn');
};
const WANTED_TEXT: Record<Wanted, string> = { bool: 'bool', string: 'string', strings: 'string or list' };

/** @throws Error with the reason, as kube-apiserver gives it */
export function compileExpression(source: string, root: Root, wanted: Wanted): CelProgram {
  let program: CelProgram;
  try {
    program = compileCel(source, ENVIRONMENTS[root]);
  } catch (error) {
    if (error instanceof CelCompileError) throw new Error(`compilation failed: ${error.message}`);
    throw error;
  }
  if (!isA(program.type, wanted)) throw new Error(`must evaluate to ${WANTED_TEXT[wanted]}, not ${celTypeName(program.type)}`);
  return program;
}

/** The value as JSON. @throws CelError, CelCostError */
export const evaluateExpression = (program: CelProgram, root: Root, value: unknown): unknown =>
  celToJson(program.evaluate(new Map([[root, toCel(value, TYPES[root])]])));
