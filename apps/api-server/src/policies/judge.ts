import { type AnyObject, type CelValue, celTypeName, typeOfCelValue } from '@windlass/meta';
import { conditionsHold, OutOfBudgetError, PolicyEvaluation } from './evaluation.ts';
import type { CompiledValidation, ValidatingPolicy } from './validating-compile.ts';

/** A validation that did not hold, or could not be evaluated while the policy fails closed. */
export interface Denial {
  /** Which validation. */
  index: number;
  message: string;
  /** Not set for what could not be evaluated. */
  reason?: string;
}

export interface Judgement {
  denials: Denial[];
  annotations: { key: string; value: string }[];
  /** Annotations that could not be made, while the policy fails closed. */
  annotationErrors: string[];
}

const MAX_MESSAGE_BYTES = 5 * 1024;

/** What one policy says to one request and parameter (k8s.io/apiserver/pkg/admission/plugin/policy/validating/validator.go). */
export async function judge(
  policy: ValidatingPolicy,
  base: ReadonlyMap<string, CelValue>,
  failurePolicy: AnyObject['failurePolicy'],
): Promise<Judgement> {
  const ignores = failurePolicy === 'Ignore';
  const failed = (message: string): Judgement => ({
    denials: ignores ? [] : [{ index: 0, message }],
    annotations: [],
    annotationErrors: [],
  });
  const { matches, error } = await conditionsHold(policy, base);
  if (error !== undefined) return failed(error);
  if (!matches) return { denials: [], annotations: [], annotationErrors: [] };
  try {
    const evaluation = new PolicyEvaluation(policy, base);
    const denials = await denialsOf(policy.validations, evaluation, ignores);
    return { denials, ...(await annotationsOf(policy, base, ignores)) };
  } catch (problem) {
    if (problem instanceof OutOfBudgetError) return failed(problem.message);
    throw problem;
  }
}

async function denialsOf(
  validations: readonly CompiledValidation[],
  evaluation: PolicyEvaluation,
  ignores: boolean,
): Promise<Denial[]> {
  const denials: Denial[] = [];
  const outcomes = [];
  for (const { expression } of validations) outcomes.push(await evaluation.run(expression));
  for (const [index, { value, error }] of outcomes.entries()) {
    const { validation } = validations[index]!;
    if (error !== undefined) {
      if (!ignores) denials.push({ index, message: error });
    } else if (value !== true) {
      const message = await messageOf(validations[index]!, evaluation);
      denials.push({ index, message, reason: validation.reason ?? 'Invalid' });
    }
  }
  return denials;
}

/** messageExpression when it makes one usable line, else message, else the expression itself. @throws OutOfBudgetError */
async function messageOf({ validation, message }: CompiledValidation, evaluation: PolicyEvaluation): Promise<string> {
  if (message) {
    const { value } = await evaluation.run(message);
    const text = typeof value === 'string' ? value.trim() : '';
    if (text !== '' && Buffer.byteLength(text) <= MAX_MESSAGE_BYTES && !text.includes('\n')) return text;
  }
  return validation.message?.trim() || `failed expression: ${validation.expression.trim()}`;
}

async function annotationsOf(
  policy: ValidatingPolicy,
  base: ReadonlyMap<string, CelValue>,
  ignores: boolean,
): Promise<Omit<Judgement, 'denials'>> {
  const annotations: Judgement['annotations'] = [];
  const annotationErrors: string[] = [];
  const evaluation = new PolicyEvaluation(policy, base);
  for (const { key, expression } of policy.annotations) {
    const { value, error } = await evaluation.run(expression);
    if (error !== undefined) {
      if (!ignores) annotationErrors.push(error);
    } else if (typeof value === 'string') {
      if (value.trim() !== '') annotations.push({ key, value: value.trim() });
    } else if (value !== null)
      annotationErrors.push(
        `valueExpression '${expression.source}' resulted in unsupported return type: ${celTypeName(typeOfCelValue(value))}. ` +
          'Return type must be either string or null.',
      );
  }
  return { annotations, annotationErrors };
}
