import { type FieldError, fieldError, type Path, type Schema } from '@windlass/meta';
import { MAX_REQUEST_BYTES, type SizedType } from '../rules/schema-type.ts';

/** Of one expression, times the places where it is evaluated (StaticEstimatedCostLimit). */
export const RULE_COST_LIMIT = 10_000_000;
/** Of all expressions of a schema (StaticEstimatedCRDCostLimit). */
const SCHEMA_COST_LIMIT = 100_000_000;
const SHOWN = 4;

/** How often what lies right below a schema can occur, when the schema itself can `times` times; undefined: without end. */
export function occurrences(schema: Schema, times: number | undefined): number | undefined {
  if (times === undefined) return undefined;
  const isMap = schema.type === 'object' && schema.additionalProperties !== undefined;
  if (!isMap && schema.type !== 'array') return times;
  const most = isMap ? schema.maxProperties : schema.maxItems;
  return most === undefined ? undefined : times * Math.max(0, most);
}

/** How many values of a type fit into one request. */
export const maxOccurrences = ({ minSize }: SizedType): number => Math.floor(MAX_REQUEST_BYTES / (minSize + 1));

/** getCostErrorMessage */
export function overBudget(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const text = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${text} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** The cost of all expressions of a schema, and which have most of it. */
export class TotalCost {
  #total = 0;
  #most: { at: Path; cost: number }[] = [];

  add(at: Path, cost: number): void {
    this.#total += cost;
    if (cost < SCHEMA_COST_LIMIT / 100) return;
    this.#most = [...this.#most, { at, cost }].sort((a, b) => b.cost - a.cost).slice(0, SHOWN);
  }

  /** @param at of the schema */
  errors(at: Path): FieldError[] {
    if (this.#total <= SCHEMA_COST_LIMIT) return [];
    const text = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const whole = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [
      ...this.#most.map((each) => fieldError.forbidden(each.at, text)),
      fieldError.forbidden(at, overBudget(whole, this.#total, SCHEMA_COST_LIMIT)),
    ];
  }
}
