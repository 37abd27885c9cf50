/**
 * The Common Expression Language as Kubernetes embeds it: parser, type checker, interpreter with a cost budget, libraries.
 * Start reading at program.ts.
 */

export { type Bound as CelBound, estimateCost as estimateCelCost } from './cost/estimate.ts';
export { type CelAdditions, type CelEnvironment, extendEnvironment } from './environment.ts';
export { CelCompileError, CelCostError, CelError } from './errors.ts';
export { escapeCelName } from './escape.ts';
export { CelBudget, type Variables } from './interpreter.ts';
export {
  type AccessAnswer,
  type AccessQuestion,
  type AskAccess,
  authorizerValue,
  CelPending,
  resourceCheckValue,
} from './library/authorizers.ts';
export { valueText } from './library/format-text.ts';
export { kubernetesEnvironment } from './library/index.ts';
export { regexpError } from './library/regex.ts';
export { type CelProgram, compileCel, PER_CALL_LIMIT } from './program.ts';
export { celToJson } from './to-json.ts';
export * as celTypes from './types.ts';
export { type CelType, type ObjectType, typeName as celTypeName } from './types.ts';
export { CelMap, CelObject, type CelValue, Optional, toCel, typeOfValue as typeOfCelValue } from './values.ts';
export { mentions } from './walk.ts';
