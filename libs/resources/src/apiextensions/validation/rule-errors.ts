import { escapeCelName, type FieldError, fieldError, type Path, propertySchema, type Schema } from '@windlass/meta';
import { type CompiledRule, compileRules } from '../rules/compile-rules.ts';
import { type SizedType, schemaType } from '../rules/schema-type.ts';
import { goRule } from './go-schema.ts';

const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] ?? false;

interface Place {
  at: Path;
  /** undefined: no rule above sees this place; its type is made when a rule needs it. */
  sized?: SizedType;
  root?: boolean;
  /** The highest place above whose parts cannot be found again in the old object. */
  uncorrelated?: Path;
}

/** Compiles all expressions of a valid schema. */
class RuleErrors {
  readonly errors: FieldError[] = [];

  walk(schema: Schema, place: Place): void {
    const { at, root = false } = place;
    const rules = schema['x-kubernetes-validations'] ?? [];
    const sized = place.sized ?? (rules.length > 0 ? schemaType(schema, root || isEmbedded(schema)) : undefined);
    const lost = place.uncorrelated;
    const values = schema.additionalProperties;
    if (typeof values === 'object')
      this.walk(values, { at: at.child('additionalProperties'), sized: sized?.element, uncorrelated: lost });
    for (const name of Object.keys(schema.properties ?? {}).sort())
      this.walk(propertySchema(schema, name)!, {
        at: at.child('properties').key(name),
        sized: sized?.fields?.get(escapeCelName(name) ?? ''),
        uncorrelated: lost,
      });
    if (schema.items) {
      const uncorrelated = lost ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : at);
      this.walk(schema.items, { at: at.child('items'), sized: sized?.element, uncorrelated });
    }
    if (rules.length === 0) return;
    if (!sized) {
      const text =
        'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
      this.errors.push(fieldError.internal(at.child('x-kubernetes-validations'), text));
      return;
    }
    compileRules(rules, schema, sized).forEach((rule, i) => {
      this.#rule(rule, at.child('x-kubernetes-validations').index(i), lost);
    });
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

/** What is wrong with the expressions of x-kubernetes-validations in a schema that is valid otherwise. */
export function ruleErrors(schema: Schema, at: Path): FieldError[] {
  const found = new RuleErrors();
  found.walk(schema, { at, root: true });
  return found.errors;
}
