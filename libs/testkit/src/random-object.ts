import type { Schema, SchemaSource } from '@windlass/meta';
import type { Random } from './random.ts';

/** Types that Go reads by themselves, in the form in which it writes them. */
const SPECIAL: Record<string, (random: Random) => unknown> = {
  Quantity: (random) => `${1 + random.below(900)}m`,
  IntOrString: (random) => (random.below(2) ? 1 + random.below(99) : `${1 + random.below(99)}%`),
  Time: (random) => new Date(1.7e12 + random.below(1e6) * 1000).toISOString().replace('.000', ''),
  MicroTime: (random) => new Date(1.7e12 + random.below(1e9)).toISOString().replace('Z', '000Z'),
  FieldsV1: (random) => ({ [`f:${random.word()}`]: {} }),
  RawExtension: (random) => ({ [random.word()]: random.below(9), list: [null, 'x'] }),
  CustomResourceSubresourceStatus: () => ({}),
  JSONSchemaPropsOrBool: (random) => random.pick<unknown>([true, { type: 'string' }]),
  JSONSchemaPropsOrArray: (random) => random.pick<unknown>([{ type: 'string' }, [{ type: 'string' }, { title: 'x' }]]),
  JSONSchemaPropsOrStringArray: (random) => random.pick<unknown>([{ type: 'string' }, ['a', 'b']]),
  JSON: (random) => random.pick<unknown>([1, 'x', [1, 2], { a: null }]),
};

const text = (random: Random): string => `${random.word()} "ü" <${random.word()}>`;

/**
 * A value with every field of a schema set to something that is not its zero value. Types that contain themselves end at the second
 * round; kind and apiVersion, which protobuf keeps outside the object, stay out.
 */
export function randomValue(schema: Schema, source: SchemaSource, random: Random, path: readonly string[] = []): unknown {
  const name = (schema.$ref ?? schema.allOf?.[0]?.$ref)?.split('/').at(-1);
  if (name) {
    const special = SPECIAL[name.split('.').at(-1)!];
    return special ? special(random) : randomValue(source(name) ?? {}, source, random, [...path, name]);
  }
  const some = <T>(make: () => T): T[] => Array.from({ length: 1 + random.below(2) }, make);
  const again = path.indexOf(path.at(-1) ?? '') < path.length - 1;
  switch (schema.type) {
    case 'string':
      if (schema.format === 'byte') return Buffer.from(random.word()).toString('base64');
      if (schema.format === 'date-time') return SPECIAL.Time!(random);
      if (schema.format === 'int-or-string') return SPECIAL.IntOrString!(random);
      return schema.enum?.length ? random.pick(schema.enum) : text(random);
    case 'integer':
      return 1 + random.below(schema.format === 'int64' ? 2 ** 40 : 2 ** 20);
    case 'number':
      return 0.5 + random.below(100);
    case 'boolean':
      return true;
    case 'array':
      return some(() => randomValue(schema.items ?? {}, source, random, path));
  }
  if (schema.properties) {
    const outside = schema['x-kubernetes-group-version-kind'] ? ['kind', 'apiVersion'] : [];
    const fields = Object.entries(schema.properties).filter(
      ([key, field]) => !outside.includes(key) && !(again && !isFlat(field)),
    );
    return Object.fromEntries(fields.map(([key, field]) => [key, randomValue(field, source, random, path)]));
  }
  if (typeof schema.additionalProperties === 'object') {
    const values = schema.additionalProperties;
    return Object.fromEntries(some(() => [random.word(), randomValue(values, source, random, path)]));
  }
  return { [random.word()]: text(random) };
}

const isFlat = ({ type, $ref, allOf, items, additionalProperties: values }: Schema): boolean => {
  if ($ref || allOf) return false;
  if (type === 'array') return isFlat(items ?? {});
  if (type === 'object') return typeof values === 'object' && isFlat(values);
  return type !== undefined;
};
