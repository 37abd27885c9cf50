import {
  CelBudget,
  CelCostError,
  CelError,
  type CelProgram,
  type CelValue,
  type FieldError,
  fieldError,
  fieldErrorMessage,
  isMap,
  Optional,
  oldItemsOf,
  oldMember,
  type Path,
  PER_CALL_LIMIT,
  path,
  toCel,
  unchanged,
} from '@windlass/meta';
import type { CompiledRule, Rule } from './compile-rules.ts';
import type { RuleNode } from './rule-tree.ts';

/** Of all rules on one write (celconfig.RuntimeCELCostBudget). */
const BUDGET = 10_000_000;
const MAX_MESSAGE_BYTES = 5 * 1024;

/** Ends the evaluation; what was found so far is told. */
class Stop extends Error {}

/** What a part of the object was; `undefined` when nothing says which part of the old object it was. */
interface Was {
  value: unknown;
  /** For transition rules. */
  old: unknown;
  /** For ratcheting: the part itself, or else the nearest around it that is known, has not changed. */
  same(): boolean;
  /** The same of what is around it. */
  around(): boolean;
}

const shown = ({ rule, message = '' }: Rule): string => (message || rule).trim();

const failedText = (rule: Rule): string => (rule.message ? rule.message.trim() : `failed rule: ${shown(rule)}`);

function failure(at: Path, value: unknown, detail: string, { reason }: Rule): FieldError {
  const compound = typeof value === 'object' && value !== null;
  switch (reason) {
    case 'FieldValueForbidden':
      return fieldError.forbidden(at, detail);
    case 'FieldValueRequired':
      return fieldError.required(at, detail);
  }
  const found = compound ? fieldError.inconsistent(at, detail) : fieldError.invalid(at, value, detail);
  return reason === 'FieldValueDuplicate' ? { ...found, type: reason, detail: '' } : found;
}

class Evaluation {
  readonly errors: FieldError[] = [];
  #left = BUDGET;
  readonly #warn: (text: string) => void;

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  visit(node: RuleNode, at: Path, { value, old, same, around }: Was): void {
    if (value === null || value === undefined) return;
    const before = old === null ? undefined : old;
    const was: Was = { value, old: before, same, around };
    if (node.rules.length > 0) this.#rules(node, at, was);
    for (const part of node.allOf) this.visit(part, at, { ...was, same: around });
    if (Array.isArray(value)) this.#items(node, at, value, was);
    else if (isMap(value)) this.#members(node, at, was);
  }

  #items({ items, schema }: RuleNode, at: Path, list: unknown[], { old, same }: Was): void {
    if (!items) return;
    const before = oldItemsOf(schema, old);
    list.forEach((item, i) => {
      const was = before(item);
      const known = was === undefined ? same : () => unchanged(item, was, items.schema);
      this.visit(items, at.index(i), { value: item, old: was, same: known, around: same });
    });
  }

  #members({ values, properties }: RuleNode, at: Path, { value, old, same }: Was): void {
    for (const [key, item] of Object.entries(value as object)) {
      const node = values ?? properties.get(key);
      if (!node) continue;
      const was = oldMember(old, key);
      const known = was === undefined ? same : () => unchanged(item, was, node.schema);
      this.visit(node, values ? at.key(key) : at.child(key), { value: item, old: was, same: known, around: same });
    }
  }

  #rules(node: RuleNode, at: Path, was: Was): void {
    const { sized, schema } = node;
    const type = schema.type ?? '';
    if (this.#left <= 0) this.#stop(fieldError.invalid(at, type, OUT_OF_BUDGET));
    const self = toCel(was.value, sized.type);
    const oldSelf = was.old === undefined ? undefined : toCel(was.old, sized.type);
    for (const compiled of node.rules) {
      const { program, error, rule, usesOldSelf } = compiled;
      if (error !== undefined) this.errors.push(fieldError.invalid(at, type, `rule compile error: ${error}`));
      if (!program || (usesOldSelf && oldSelf === undefined && !rule.optionalOldSelf)) continue;
      const before = rule.optionalOldSelf ? (oldSelf === undefined ? Optional.none : new Optional(oldSelf)) : oldSelf;
      const variables = new Map<string, CelValue>([
        ['self', self],
        ...(before === undefined ? [] : [['oldSelf', before] as const]),
      ]);
      if (this.#holds(program, variables, at, type, rule)) continue;
      this.#refuse(compiled, variables, at, type, was);
    }
  }

  #stop(error: FieldError): never {
    this.errors.push(error);
    throw new Stop();
  }

  /** Evaluates within the budgets. @throws CelError, CelCostError */
  #run(program: CelProgram, variables: Map<string, CelValue>): CelValue {
    const budget = new CelBudget(PER_CALL_LIMIT);
    try {
      return program.evaluate(variables, budget);
    } finally {
      this.#left -= Math.min(budget.spent, PER_CALL_LIMIT);
    }
  }

  #holds(program: CelProgram, variables: Map<string, CelValue>, at: Path, type: string, rule: Rule): boolean {
    let result: CelValue;
    try {
      result = this.#run(program, variables);
    } catch (error) {
      if (!(error instanceof CelError || error instanceof CelCostError)) throw error;
      if (this.#left < 0) this.#stop(fieldError.invalid(at, type, OUT_OF_BUDGET));
      if (error instanceof CelCostError) {
        const text = `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown(rule)}`;
        this.#stop(fieldError.invalid(at, type, text));
      }
      const text = error.message.startsWith('no such overload')
        ? `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${shown(rule)}`
        : `${error.message} evaluating rule: ${shown(rule)}`;
      this.errors.push(fieldError.invalid(at, type, text));
      return true;
    }
    if (this.#left < 0) this.#stop(fieldError.invalid(at, type, OUT_OF_BUDGET));
    return result === true;
  }

  #refuse(compiled: CompiledRule, variables: Map<string, CelValue>, at: Path, type: string, { value, same }: Was): void {
    const { rule, message, usesOldSelf, fieldPath } = compiled;
    const here = fieldPath ? at.child(fieldPath) : at;
    const add = (error: FieldError): void => {
      if (!usesOldSelf && same()) this.#warn(fieldErrorMessage(error));
      else this.errors.push(error);
    };
    let detail: string | undefined;
    if (message) {
      try {
        detail = this.#message(message, variables);
      } catch (error) {
        if (!(error instanceof CelCostError)) throw error;
        const source = JSON.stringify(rule.messageExpression);
        const text = `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${source}`;
        add(fieldError.invalid(here, type, text));
        throw new Stop();
      }
      if (this.#left < 0) {
        const text =
          'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';
        add(fieldError.invalid(here, type, text));
        throw new Stop();
      }
    }
    add(failure(here, value, detail ?? failedText(rule), rule));
  }

  /** @returns undefined when it makes no fit text: the rule's message stands in. @throws CelCostError */
  #message(program: CelProgram, variables: Map<string, CelValue>): string | undefined {
    try {
      const text = this.#run(program, variables);
      const trimmed = typeof text === 'string' ? text.trim() : '';
      const fits = trimmed !== '' && !trimmed.includes('\n') && Buffer.byteLength(trimmed) <= MAX_MESSAGE_BYTES;
      return fits ? trimmed : undefined;
    } catch (error) {
      if (error instanceof CelError) return undefined;
      throw error;
    }
  }
}

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/**
 * Evaluates the rules of x-kubernetes-validations on an object (KEP-2876). With an old object also transition rules; failures of parts
 * that have not changed are warnings then (KEP-4008).
 * @param warn hears of those
 */
export function checkRules(tree: RuleNode, value: unknown, old: unknown, warn: (text: string) => void): FieldError[] {
  const evaluation = new Evaluation(warn);
  const same = () => old !== undefined && unchanged(value, old, tree.schema);
  try {
    evaluation.visit(tree, path(), { value, old, same, around: () => false });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return evaluation.errors;
}
