import type { Schema, SchemaSource } from '@windlass/meta';
import type { Random } from '@windlass/testkit';

export const TEXTS = [
  '',
  'a',
  'b',
  'default',
  'x-1',
  'UPPER',
  'a.b/c',
  '0',
  '-1',
  '1',
  '1Gi',
  '100m',
  '1e400',
  '50%',
  '*',
  '10.96.0.10',
  '::1',
  '10.0.0.0/8',
  'http',
  'TCP',
  'true',
  'null',
  '2026-01-01T00:00:00Z',
  '2026-13-45T99:00:00Z',
  '1h',
  '../../etc/passwd',
  '\u0000',
  '\ud800',
  'é💥\u202e',
  '__proto__',
  'constructor',
  'toString',
  '{{.}}',
  '$(x)',
  '\\d+(',
  '(a+)+$',
  'self.x > 1 && ',
  'x'.repeat(300),
  '\n---\n',
  '%s%n',
  'matchLabels',
  '"',
  "'",
];
const NUMBERS = [0, 1, -1, 2, 80, 443, 65535, 65536, 2147483647, 2147483648, -2147483649, 9007199254740991, 1e308, 0.5, -0];

/** Any JSON value. */
export function anyValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 4 ? 5 : 8)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(NUMBERS);
    case 3:
    case 4:
      return random.pick(TEXTS);
    case 5:
      return random.many(3, () => anyValue(random, depth + 1));
    default:
      return Object.fromEntries(random.many(3, () => [random.pick(TEXTS), anyValue(random, depth + 1)]));
  }
}

/** A value that mostly has the schema's form; the deeper, the sparser. */
export function schemaValue(random: Random, source: SchemaSource, schema: Schema, depth = 0): unknown {
  if (random.chance(0.03)) return anyValue(random);
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  const resolved = reference ? source(reference.slice(reference.lastIndexOf('/') + 1)) : schema;
  if (!resolved || depth > 9) return anyValue(random, 4);
  if (resolved.enum && random.chance(0.8)) return random.pick(resolved.enum);
  switch (resolved.type) {
    case 'object': {
      const { properties, required = [], additionalProperties } = resolved;
      if (!properties) {
        const inner = typeof additionalProperties === 'object' ? additionalProperties : {};
        return Object.fromEntries(random.many(2, () => [random.pick(TEXTS), schemaValue(random, source, inner, depth + 1)]));
      }
      const wanted = Object.entries(properties).filter(([name]) =>
        random.chance(required.includes(name) ? 0.9 : 1.6 / (depth + 2) / Math.sqrt(Object.keys(properties).length)),
      );
      return Object.fromEntries(wanted.map(([name, inner]) => [name, schemaValue(random, source, inner, depth + 1)]));
    }
    case 'array':
      return random.many(3, () => schemaValue(random, source, resolved.items ?? {}, depth + 1));
    case 'integer':
    case 'number':
      return random.pick(NUMBERS);
    case 'boolean':
      return random.chance(0.5);
    case 'string':
      return random.pick(TEXTS);
    default:
      return resolved['x-kubernetes-int-or-string'] ? random.pick([...TEXTS, ...NUMBERS]) : anyValue(random);
  }
}

/** All paths of a value, as JSON pointers (RFC 6901). */
export function pointers(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pointers(inner, `${at}/${escaped(key)}`))];
}

/** The text with some bytes changed, left out or doubled. */
export function garbled(random: Random, text: string): string {
  let out = text;
  for (let i = 0; i <= random.below(3); i++) {
    const at = random.below(out.length + 1);
    const end = at + random.below(4);
    out = random.pick([
      out.slice(0, at) + out.slice(end),
      out.slice(0, at) + random.pick(['{', '}', '[', ']', ',', ':', '"', '\\', '\u0000', '1e999', '&a *a']) + out.slice(at),
      out.slice(0, end) + out.slice(at),
      out.slice(0, at),
    ]);
  }
  return out;
}
