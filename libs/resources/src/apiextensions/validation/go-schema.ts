import { isMap, type Schema } from '@windlass/meta';

/** `GoName@wireName`, in Go's order; `s` text, `b` flag, `?` null when absent, `*` one schema, `[]` a list of them, `{}` a map of them. */
const FIELDS =
  `ID@id:s Schema@$schema:s Ref@$ref:? Description:s Type:s Nullable:b Format:s Title:s Default:? Maximum:? ExclusiveMaximum:b
  Minimum:? ExclusiveMinimum:b MaxLength:? MinLength:? Pattern:s MaxItems:? MinItems:? UniqueItems:b MultipleOf:? Enum:? MaxProperties:?
  MinProperties:? Required:? Items:items AllOf:[] OneOf:[] AnyOf:[] Not:* Properties:{} AdditionalProperties:orBool PatternProperties:{}
  Dependencies:? AdditionalItems:orBool Definitions:{} ExternalDocs:? Example:?
  XPreserveUnknownFields@x-kubernetes-preserve-unknown-fields:? XEmbeddedResource@x-kubernetes-embedded-resource:b
  XIntOrString@x-kubernetes-int-or-string:b XListMapKeys@x-kubernetes-list-map-keys:? XListType@x-kubernetes-list-type:?
  XMapType@x-kubernetes-map-type:? XValidations@x-kubernetes-validations:rules`
    .trim()
    .split(/\s+/)
    .map((field) => {
      const [, name = '', wire = name.charAt(0).toLowerCase() + name.slice(1), kind = ''] = /^(\w+)(?:@([^:]+))?:(.+)$/.exec(
        field,
      )!;
      return { name, wire, kind };
    });

/** A rule as encoding/json writes Kubernetes' own form of it. */
export const goRule = ({
  rule = '',
  message = '',
  messageExpression = '',
  reason = null,
  fieldPath = '',
  optionalOldSelf = null,
}) => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf,
});

function goValue(value: unknown, kind: string): unknown {
  if (value === undefined || value === null) return kind === 's' ? '' : kind === 'b' ? false : null;
  switch (kind) {
    case '*':
      return goSchema(value as Schema);
    case '[]':
      return (value as Schema[]).map(goSchema);
    case '{}':
      return Object.fromEntries(Object.entries(value as Record<string, Schema>).map(([name, each]) => [name, goSchema(each)]));
    case 'items':
      return isMap(value)
        ? { Schema: goSchema(value as Schema), JSONSchemas: null }
        : { Schema: null, JSONSchemas: (value as Schema[]).map(goSchema) };
    case 'orBool':
      return typeof value === 'boolean' ? { Allows: value, Schema: null } : { Allows: true, Schema: goSchema(value as Schema) };
    case 'rules':
      return (value as object[]).map(goRule);
  }
  return value;
}

/** A schema as encoding/json writes Kubernetes' own form of it, as errors show it. */
export function goSchema(schema: Schema): Record<string, unknown> {
  const open = schema as Record<string, unknown>;
  return Object.fromEntries(FIELDS.map(({ name, wire, kind }) => [name, goValue(open[wire], kind)]));
}
