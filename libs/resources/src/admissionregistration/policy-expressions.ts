import {
  type CelEnvironment,
  type CelProgram,
  type CelType,
  celTypes,
  type FieldError,
  fieldError,
  type ObjectType,
  type Path,
} from '@windlass/meta';
import {
  type AdmissionVariables,
  admissionEnvironment,
  NO_VARIABLES,
  withMutations,
  withVariable,
} from '../cel/admission-environment.ts';
import { compileExpression } from '../cel/check-expression.ts';
import type { Variable } from '../types.gen.ts';

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** Compiles the expressions of one policy; variables that compile are known to those after them. */
export class PolicyCompiler {
  readonly #options: Omit<AdmissionVariables, 'variables' | 'namespaceObject'> & { mutations?: boolean };
  #variables: ObjectType = NO_VARIABLES;
  #environment: CelEnvironment;

  constructor(options: Omit<AdmissionVariables, 'variables' | 'namespaceObject'> & { mutations?: boolean }) {
    this.#options = options;
    this.#environment = this.#make();
  }

  /** Types of the variables so far. */
  get variables(): ObjectType {
    return this.#variables;
  }

  #make(authorizer = true): CelEnvironment {
    const environment = admissionEnvironment({
      ...this.#options,
      variables: this.#variables,
      namespaceObject: true,
      authorizer,
    });
    return this.#options.mutations ? withMutations(environment) : environment;
  }

  compile(expression: string, at: Path, ...allowed: readonly CelType[]): { program?: CelProgram; errors: FieldError[] } {
    return compileExpression(expression, this.#environment, at, ...allowed);
  }

  /** A messageExpression, which may ask for no access. */
  compileMessage(expression: string, at: Path): { program?: CelProgram; errors: FieldError[] } {
    return compileExpression(expression, this.#make(false), at, celTypes.STRING);
  }

  /** As {@link compile}, and declares the variable: as dyn when its expression is wrong. */
  declare({ name, expression }: Variable, at: Path): { program?: CelProgram; errors: FieldError[] } {
    const compiled = this.compile(expression, at);
    this.#variables = withVariable(this.#variables, name, compiled.program?.type ?? celTypes.DYN);
    this.#environment = this.#make();
    return compiled;
  }

  validateVariables(variables: readonly Variable[] | undefined, at: Path): FieldError[] {
    return (variables ?? []).flatMap((variable, i) => {
      const here = at.index(i);
      const { name = '', expression = '' } = variable;
      const errors: FieldError[] = [];
      if (name.trim() === '') errors.push(fieldError.required(here.child('name'), 'name is not specified'));
      else if (!IDENTIFIER.test(name) || RESERVED.has(name))
        errors.push(fieldError.invalid(here.child('name'), name, 'must be a valid CEL identifier'));
      if (expression.trim() === '') errors.push(fieldError.required(here.child('expression'), 'expression is not specified'));
      else errors.push(...this.declare(variable, here.child('expression')).errors);
      return errors;
    });
  }
}
