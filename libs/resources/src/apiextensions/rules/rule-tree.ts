import { escapeCelName, type Schema } from '@windlass/meta';
import { type CompiledRule, compileRules } from './compile-rules.ts';
import { type SizedType, schemaType } from './schema-type.ts';

/** The rules at a place of a schema and below it; branches without any are left out. */
export interface RuleNode {
  schema: Schema;
  sized: SizedType;
  rules: readonly CompiledRule[];
  items?: RuleNode;
  values?: RuleNode;
  properties: ReadonlyMap<string, RuleNode>;
  allOf: readonly RuleNode[];
}

const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] ?? false;
const asMap = ({ additionalProperties: values }: Schema): Schema | undefined => (typeof values === 'object' ? values : undefined);

/** @param validation whose rules count; below allOf it is not the schema that gives types */
function nodeOf(validation: Schema, schema: Schema, sized: SizedType): RuleNode | undefined {
  const own = validation['x-kubernetes-validations'] ?? [];
  const rules = own.length > 0 ? compileRules(own, schema, sized) : [];
  const { element } = sized;
  const items = validation.items && schema.items && element && nodeOf(validation.items, schema.items, element);
  const [ruledValues, valueSchema] = [asMap(validation), asMap(schema)];
  const values = ruledValues && valueSchema && element && nodeOf(ruledValues, valueSchema, element);
  const properties = new Map<string, RuleNode>();
  for (const [name, ruled] of Object.entries(validation.properties ?? {})) {
    const property = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (!property) continue;
    const escaped = escapeCelName(name);
    const type = escaped === undefined ? schemaType(property, isEmbedded(property)) : sized.fields?.get(escaped);
    const below = type && nodeOf(ruled, property, type);
    if (below) properties.set(name, below);
  }
  const allOf = (validation.allOf ?? []).flatMap((part) => nodeOf(part, schema, sized) ?? []);
  if (rules.length + properties.size + allOf.length === 0 && !items && !values) return undefined;
  return { schema, sized, rules, properties, allOf, ...(items ? { items } : {}), ...(values ? { values } : {}) };
}

/** All rules of a custom resource's schema, compiled; undefined when it has none. */
export function ruleTree(schema: Schema): RuleNode | undefined {
  const sized = schemaType(schema, true);
  return sized && nodeOf(schema, schema, sized);
}
