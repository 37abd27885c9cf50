import { goJson } from '../go-format.ts';
import { isMap, type JsonMap } from '../json-value.ts';
import type { ProtobufSource } from '../protobuf/codec.ts';
import type { ParsedPatch } from './apply-patch.ts';
import { parsePointer } from './json-patch.ts';

/** Maps that a patch reached into, by the way that leads to them. */
interface Touched {
  [key: string]: Touched;
}

const touchedByMerge = (patch: JsonMap): Touched =>
  Object.fromEntries(Object.entries(patch).flatMap(([key, value]) => (isMap(value) ? [[key, touchedByMerge(value)]] : [])));

function touchedByOperations(pointers: readonly string[][]): Touched {
  // Without a prototype: a pointer may name `__proto__`.
  const none = (): Touched => Object.create(null) as Touched;
  const root = none();
  for (const pointer of pointers) {
    let at = root;
    for (const token of pointer.slice(0, -1)) {
      at[token] ??= none();
      at = at[token];
    }
  }
  return root;
}

function touchedBy(patch: ParsedPatch): Touched {
  if (patch.type !== 'json') return touchedByMerge(patch.patch);
  const given = patch.operations.flatMap(({ path, from }) => [path, from]);
  return touchedByOperations(given.filter((pointer) => typeof pointer === 'string' && /^(\/|$)/.test(pointer)).map(parsePointer));
}

/** Fields of a message in the order in which Go declares and writes them: that of the source. */
function fieldsOf(type: string, source: ProtobufSource): Map<string, string> | undefined {
  const message = source(type);
  return message && new Map(Object.entries(message).map(([name, [, of]]) => [name, of]));
}

function ordered(value: JsonMap, fields: Map<string, string> | undefined, type: string, reached: boolean): string[] {
  const keys = Object.keys(value);
  if (reached || type.startsWith('{}')) return keys.sort();
  if (!fields) return keys;
  const known = [...fields.keys()].filter((name) => Object.hasOwn(value, name));
  return [...known, ...keys.filter((key) => !fields.has(key))];
}

function write(value: unknown, type: string, touched: Touched | undefined, source: ProtobufSource): string {
  if (Array.isArray(value))
    return `[${value.map((item, i) => write(item, type.replace(/^\[\]/, ''), touched?.[i], source)).join()}]`;
  if (!isMap(value)) return goJson(value);
  const fields = fieldsOf(type, source);
  const entries = ordered(value, fields, type, touched !== undefined)
    .filter((key) => value[key] !== undefined)
    .map((key) => {
      const of = type.startsWith('{}') ? type.slice(2) : (fields?.get(key) ?? '');
      return `${goJson(key)}:${write(value[key], of, touched?.[key], source)}`;
    });
  return `{${entries.join()}}`;
}

/**
 * A patched document as Go's JSON patch library writes it: fields in the order of their declaration, keys sorted in maps that the
 * patch reached into.
 * @param type schema name of the document; one that the source does not know is written as it stands
 */
export const patchedText = (value: unknown, patch: ParsedPatch, type: string, source: ProtobufSource): string =>
  write(value, type, touchedBy(patch), source);
