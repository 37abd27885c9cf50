import type { Functions } from './functions.ts';
import type { CelType, ObjectType } from './types.ts';

/** What an expression may use. Immutable: extend it to add. */
export interface CelEnvironment {
  variables: ReadonlyMap<string, CelType>;
  functions: Functions;
  /** Messages that expressions can construct, by full name. */
  structs: { get(name: string): ObjectType | undefined };
}

export interface CelAdditions {
  variables?: Record<string, CelType>;
  structs?: readonly ObjectType[];
}

export const extendEnvironment = (base: CelEnvironment, { variables = {}, structs = [] }: CelAdditions): CelEnvironment => ({
  functions: base.functions,
  variables: new Map([...base.variables, ...Object.entries(variables)]),
  structs:
    structs.length === 0
      ? base.structs
      : { get: (name) => structs.find((struct) => struct.name === name) ?? base.structs.get(name) },
});
