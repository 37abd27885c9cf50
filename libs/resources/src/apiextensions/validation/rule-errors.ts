import {
  type CelProgram,
  escapeCelName,
  estimateCelCost,
  type FieldError,
  fieldError,
  type Path,
  propertySchema,
  type Schema,
} from '@windlass/meta';
import { type CompiledRule, compileRules } from '../rules/compile-rules.ts';
import { type SizedType, schemaType } from '../rules/schema-type.ts';
import { goRule } from './go-schema.ts';
import { maxOccurrences, occurrences, overBudget, RULE_COST_LIMIT, TotalCost } from './rule-costs.ts';

const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] ?? false;

interface Place {
  at: Path;
  /** undefined: no rule above sees this place; its type is made when a rule needs it. */
  sized?: SizedType;
  root?: boolean;
  /** How often the place can occur in one object, by maxItems and maxProperties above it; undefined: without end. */
  times?: number;
  /** The highest place above whose parts cannot be found again in the old object. */
  uncorrelated?: Path;
}

/** Compiles all expressions of a valid schema. */
class RuleErrors {
  readonly errors: FieldError[] = [];
  readonly #costs = new TotalCost();
  readonly #kept: boolean;

  constructor(kept: boolean) {
    this.#kept = kept;
  }

  /** The rules of a whole schema. */
  check(schema: Schema, at: Path): FieldError[] {
    this.walk(schema, { at, root: true, times: 1 });
    return [...this.errors, ...this.#costs.errors(at)];
  }

  walk(schema: Schema, place: Place): void {
    const { at, root = false } = place;
    const rules = schema['x-kubernetes-validations'] ?? [];
    const sized = place.sized ?? (rules.length > 0 ? schemaType(schema, root || isEmbedded(schema)) : undefined);
    const lost = place.uncorrelated;
    const times = occurrences(schema, place.times);
    const values = schema.additionalProperties;
    if (typeof values === 'object')
      this.walk(values, { at: at.child('additionalProperties'), sized: sized?.element, uncorrelated: lost, times });
    for (const name of Object.keys(schema.properties ?? {}).sort())
      this.walk(propertySchema(schema, name)!, {
        at: at.child('properties').key(name),
        sized: sized?.fields?.get(escapeCelName(name) ?? ''),
        uncorrelated: lost,
        times,
      });
    if (schema.items) {
      const uncorrelated = lost ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : at);
      this.walk(schema.items, { at: at.child('items'), sized: sized?.element, uncorrelated, times });
    }
    if (rules.length === 0) return;
    if (!sized) {
      const text =
        'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
      this.errors.push(fieldError.internal(at.child('x-kubernetes-validations'), text));
      return;
    }
    compileRules(rules, schema, sized).forEach((rule, i) => {
      const here = at.child('x-kubernetes-validations').index(i);
      if (rule.program) this.#cost(rule.program, sized, place.times ?? maxOccurrences(sized), 'rule', here);
      this.#rule(rule, here, lost);
      if (rule.message) this.#cost(rule.message, sized, 1, 'messageExpression', here);
    });
  }

  #cost({ expr, checked }: CelProgram, sized: SizedType, times: number, what: 'rule' | 'messageExpression', at: Path): void {
    const bounds = new Map([
      ['self', sized],
      ['oldSelf', sized],
    ]);
    const each = estimateCelCost(expr, checked, bounds);
    const cost = each === 0 ? 0 : each * times;
    const where = at.child(what);
    if (!this.#kept && cost > RULE_COST_LIMIT)
      this.errors.push(fieldError.forbidden(where, overBudget(`estimated ${what} cost`, cost, RULE_COST_LIMIT)));
    this.#costs.add(where, cost);
  }

  #rule({ rule, error, messageError, usesOldSelf }: CompiledRule, at: Path, lost: Path | undefined): void {
    if (error !== undefined) this.errors.push(fieldError.invalid(at.child('rule'), goRule(rule as object), error));
    if (messageError !== undefined)
      this.errors.push(fieldError.invalid(at.child('messageExpression'), goRule(rule as object), messageError));
    if (usesOldSelf && lost) {
      const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${lost}`;
      this.errors.push(fieldError.invalid(at.child('rule'), rule.rule, text));
    }
    if (!usesOldSelf && rule.optionalOldSelf !== undefined)
      this.errors.push(
        fieldError.invalid(at.child('optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'),
      );
  }
}

/**
 * What is wrong with the expressions of x-kubernetes-validations in a schema that is valid otherwise.
 * @param kept it is stored already: single rules may cost what they cost
 */
export const ruleErrors = (schema: Schema, at: Path, kept: boolean): FieldError[] => new RuleErrors(kept).check(schema, at);
