import { stringify } from 'yaml';

/**
 * OpenAPI 2.0 in the binary form that kubectl asks for: message openapi.v2.Document of gnostic's OpenAPIv2.proto, as far as our documents
 * use it. Fields are written in the order of their numbers.
 */
type Json = Record<string, unknown>;

/** Writes length-delimited fields; everything in these messages is one of string, bool and message. */
class Message {
  readonly #parts: Buffer[] = [];

  string(field: number, value: unknown): this {
    if (typeof value === 'string' && value !== '') this.#bytes(field, Buffer.from(value));
    return this;
  }
  strings(field: number, values: unknown): this {
    for (const value of (values as string[] | undefined) ?? []) this.#bytes(field, Buffer.from(value));
    return this;
  }
  bool(field: number, value: unknown): this {
    if (value === true) this.#parts.push(varint(field << 3), Buffer.from([1]));
    return this;
  }
  message(field: number, value: Message | undefined): this {
    if (value) this.#bytes(field, value.finish());
    return this;
  }
  messages(field: number, values: readonly Message[]): this {
    for (const value of values) this.message(field, value);
    return this;
  }
  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
  #bytes(field: number, bytes: Buffer): void {
    this.#parts.push(varint((field << 3) | 2), varint(bytes.length), bytes);
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}

const message = () => new Message();
const named = (name: string, value: Message): Message => message().string(1, name).message(2, value);
const any = (value: unknown): Message => message().string(2, stringify(value));
const vendor = (source: Json): Message[] =>
  Object.entries(source)
    .filter(([key]) => key.startsWith('x-'))
    .map(([key, value]) => named(key, any(value)));
const entries = (source: unknown) => Object.entries((source ?? {}) as Record<string, Json>);

function schema(source: Json): Message {
  const { additionalProperties: extra, items, properties } = source;
  return message()
    .string(1, source.$ref)
    .string(2, source.format)
    .string(3, source.title)
    .string(4, source.description)
    .strings(19, source.required)
    .messages(20, ((source.enum as unknown[]) ?? []).map(any))
    .message(
      21,
      extra === undefined
        ? undefined
        : typeof extra === 'object'
          ? message().message(1, schema(extra as Json))
          : message().bool(2, extra),
    )
    .message(22, source.type ? message().string(1, source.type) : undefined)
    .message(23, items ? message().message(1, schema(items as Json)) : undefined)
    .message(25, properties ? namedSchemas(properties) : undefined)
    .messages(31, vendor(source));
}

const namedSchemas = (source: unknown): Message =>
  message().messages(
    1,
    entries(source).map(([name, value]) => named(name, schema(value))),
  );

function parameter(source: Json): Message {
  const wrap = (inner: Message) => message().message(1, inner);
  if (source.in === 'body') {
    const body = message().string(2, source.name).string(3, 'body').bool(4, source.required);
    return wrap(message().message(1, body.message(5, schema(source.schema as Json))));
  }
  const head = message().bool(1, source.required).string(2, source.in).string(4, source.name);
  const inner =
    source.in === 'query'
      ? message().message(3, head.string(6, source.type).bool(20, source.uniqueItems))
      : message().message(4, head.string(5, source.type).bool(19, source.uniqueItems));
  return wrap(message().message(2, inner));
}

const parameters = (source: unknown): Message[] => ((source as Json[]) ?? []).map(parameter);

function responses(source: unknown): Message {
  return message().messages(
    1,
    entries(source).map(([code, { description, schema: shown }]) => {
      const response = message().string(1, description);
      if (shown) response.message(2, message().message(1, schema(shown as Json)));
      return named(code, message().message(1, response));
    }),
  );
}

const operation = (source: Json): Message =>
  message()
    .strings(1, source.tags)
    .string(3, source.description)
    .string(5, source.operationId)
    .strings(6, source.produces)
    .strings(7, source.consumes)
    .messages(8, parameters(source.parameters))
    .message(9, responses(source.responses))
    .strings(10, source.schemes)
    .messages(13, vendor(source));

const METHODS = { get: 2, put: 3, post: 4, delete: 5, options: 6, head: 7, patch: 8 };

function pathItem(source: Json): Message {
  const item = message();
  for (const [method, field] of Object.entries(METHODS))
    if (source[method]) item.message(field, operation(source[method] as Json));
  return item.messages(9, parameters(source.parameters));
}

/** @param document OpenAPI 2.0 */
export function encodeSwagger(document: Json): Buffer {
  const { title, version } = document.info as Json;
  return message()
    .string(1, document.swagger)
    .message(2, message().string(1, title).string(2, version))
    .message(
      8,
      message().messages(
        2,
        entries(document.paths).map(([path, item]) => named(path, pathItem(item))),
      ),
    )
    .message(9, namedSchemas(document.definitions))
    .finish();
}
