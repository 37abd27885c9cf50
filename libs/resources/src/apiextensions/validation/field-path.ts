import { path, type Schema } from '@windlass/meta';

/** `text`: as field paths are printed, `spec.map[key]`. */
export type Resolved = { schema: Schema; steps: string[]; text: string } | { wrong: string };

const step = (schema: Schema, name: string): Schema | undefined => {
  if (schema.properties) return Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
};

/**
 * The schema that a simple JSON path such as `.spec.size` leads to, or why it leads nowhere (cel.ValidFieldPath).
 * @param brackets also `.spec['some key']`
 */
function resolve(text: string, root: Schema, brackets: boolean): Resolved {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]']+|'/g) ?? [];
  const steps: string[] = [];
  let schema = root;
  let at = path();
  for (let i = 0; i < tokens.length; ) {
    const token = tokens[i++]!;
    if (token !== '[' && token !== '.') return { wrong: `expected [ or . but got: ${token}` };
    if (token === '[' && !brackets) return { wrong: 'array notation is not allowed' };
    let name = tokens[i++];
    if (name === undefined) return { wrong: 'unexpected end of JSON path' };
    if (token === '[') {
      if (name.length < 2 || !name.startsWith("'")) return { wrong: `expected single quoted string but got ${name}` };
      name = name.slice(1, -1).replace(/\\(.)/g, '$1');
      const end = tokens[i++];
      if (end === undefined) return { wrong: 'unexpected end of JSON path' };
      if (end !== ']') return { wrong: `expected ] but got ${end}` };
    }
    const next = step(schema, name);
    if (!next) return { wrong: 'does not refer to a valid field' };
    at = schema.properties ? at.child(name) : at.key(name);
    schema = next;
    steps.push(name);
  }
  return { schema, steps, text: at.text };
}

/** A path without brackets, as selectable fields have it. */
export const resolveFieldPath = (text: string, root: Schema): Resolved => resolve(text, root, false);

/** A path that may name keys in brackets, as rules have it. */
export const resolveRulePath = (text: string, root: Schema): Resolved => resolve(text, root, true);
