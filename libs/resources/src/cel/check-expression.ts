import {
  CelCompileError,
  type CelEnvironment,
  type CelProgram,
  type CelType,
  celTypeName,
  celTypes,
  compileCel,
  type FieldError,
  fieldError,
  type Path,
} from '@windlass/meta';

const { typeText } = celTypes;

/** The program, or what is wrong with the expression. `allowed`: types that it may have; none given: any. */
export function compileExpression(
  expression: string,
  environment: CelEnvironment,
  at: Path,
  ...allowed: readonly CelType[]
): { program?: CelProgram; errors: FieldError[] } {
  let program: CelProgram;
  try {
    program = compileCel(expression, environment);
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    return { errors: [fieldError.invalid(at, expression, `compilation failed: ${error.message}`)] };
  }
  const fits =
    allowed.length === 0 || program.type.kind === 'dyn' || allowed.some((type) => typeText(type) === typeText(program.type));
  if (fits) return { program, errors: [] };
  const names = allowed.map(celTypeName);
  const wanted = names.length === 1 ? names[0] : `one of [${names.join(' ')}]`;
  return { errors: [fieldError.invalid(at, expression, `must evaluate to ${wanted} but got ${celTypeName(program.type)}`)] };
}

export const checkExpression = (
  expression: string,
  environment: CelEnvironment,
  at: Path,
  ...allowed: readonly CelType[]
): FieldError[] => compileExpression(expression, environment, at, ...allowed).errors;
