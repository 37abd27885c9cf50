import type { Functions } from './functions.ts';
import type { CelType, ObjectType } from './types.ts';

/** What an expression may use. Immutable: extend it to add. */
export interface CelEnvironment {
  variables: ReadonlyMap<string, CelType>;
  functions: Functions;
  /** Messages that expressions can construct, by full name. */
  structs: ReadonlyMap<string, ObjectType>;
}

export interface CelAdditions {
  variables?: Record<string, CelType>;
  structs?: readonly ObjectType[];
}

export const extendEnvironment = (base: CelEnvironment, { variables = {}, structs = [] }: CelAdditions): CelEnvironment => ({
  functions: base.functions,
  variables: new Map([...base.variables, ...Object.entries(variables)]),
  structs: new Map([...base.structs, ...structs.map((struct) => [struct.name, struct] as const)]),
});
