import {
  cloneJson,
  equalJson,
  type FieldError,
  fieldError,
  type JsonMap,
  type Path,
  pruneStructural,
  type Schema,
  validateStructural,
} from '@windlass/meta';

const META = new Set(['metadata', 'kind', 'apiVersion']);

/** Root errors name the value by an empty name. */
const detailOf = ({ detail }: FieldError): string => (detail.startsWith('in body') ? ` ${detail}` : detail);

function checkDefault(schema: Schema, at: Path): FieldError[] {
  const value = schema.default;
  const here = at.child('default');
  const holder: JsonMap = { value: cloneJson(value) };
  pruneStructural(holder, { type: 'object', properties: { value: schema } });
  const errors = equalJson(holder.value, value) ? [] : [fieldError.invalid(here, value, 'must not have unknown fields')];
  for (const error of validateStructural(value, schema)) {
    const field = error.field && error.field !== '<nil>' ? here.child(error.field.replace(/^\./, '')) : here;
    errors.push({ ...error, field: field.text, detail: detailOf(error) });
  }
  return errors;
}

/** ValidateDefaults: defaults are pruned and valid themselves. Those inside of metadata are left to the rules of metadata. */
export function defaultErrors(schema: Schema, at: Path, resource = true): FieldError[] {
  const errors = schema.default === undefined ? [] : checkDefault(schema, at);
  if (schema.items)
    errors.push(...defaultErrors(schema.items, at.child('items'), schema.items['x-kubernetes-embedded-resource']));
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (resource && META.has(name)) continue;
    errors.push(
      ...defaultErrors(property, at.child('properties').key(name), property['x-kubernetes-embedded-resource'] ?? false),
    );
  }
  return errors;
}
