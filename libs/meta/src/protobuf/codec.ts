import { type Codec, SIMPLE, schemaUnion } from './special.ts';
import { BYTES, ProtobufError, Reader, Writer } from './wire.ts';

/** Fields of a message by JSON name: number and type, `[]T` for lists, `{}T` for maps; `...name` stands in its owner's JSON. */
export type ProtobufMessage = Record<string, readonly [number, string]>;
/** Messages by schema name, e.g. `io.k8s.api.core.v1.Pod`. */
export type ProtobufSource = (name: string) => ProtobufMessage | undefined;

type Json = Record<string, unknown>;

export interface ProtobufCodec {
  /** JSON object of a message; every field that is present, zero values too. Unknown fields are skipped. @throws ProtobufError */
  decode(bytes: Buffer): Json;
  encode(object: object): Buffer;
}

interface Field {
  name: string;
  number: number;
  kind: 'one' | 'list' | 'map' | 'inline';
  codec: Codec;
}

interface Message extends Codec {
  fill(writer: Writer, value: Json): void;
  take(reader: Reader, into: Json): Json;
}

const SCHEMA = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

/** A map is a list of entries: key 1, value 2. */
function writeMap(writer: Writer, { number, codec }: Field, value: Json): void {
  for (const key of Object.keys(value).sort()) {
    writer.message(number, () => {
      SIMPLE.string!.write(writer, 1, key);
      codec.write(writer, 2, value[key]);
    });
  }
}

function readEntry(reader: Reader, { codec }: Field, into: Json): void {
  let key = '';
  let value: unknown;
  while (!reader.done) {
    const [number, wireType] = reader.tag();
    if (number === 1) key = reader.bytes().toString();
    else if (number === 2) value = codec.read(reader);
    else reader.skip(wireType);
  }
  Object.defineProperty(into, key, { value: value ?? '', enumerable: true, configurable: true, writable: true });
}

function listIn(into: Json, name: string): unknown[] {
  into[name] ??= [];
  return into[name] as unknown[];
}

function mapIn(into: Json, name: string): Json {
  into[name] ??= {};
  return into[name] as Json;
}

class Compiler {
  readonly #source: ProtobufSource;
  readonly #messages = new Map<string, Message>();

  constructor(source: ProtobufSource) {
    this.#source = source;
  }

  #codec(type: string): Codec {
    const simple = SIMPLE[type];
    if (simple) return simple;
    return type.startsWith('schemaOr') ? schemaUnion(type, () => this.message(SCHEMA)) : this.message(type);
  }

  message(name: string): Message {
    const known = this.#messages.get(name);
    if (known) return known;
    const fields: Field[] = [];
    const byNumber = new Map<number, Field>();
    const message = structCodec(fields, byNumber);
    // Registered before its fields are compiled: JSONSchemaProps refers to itself.
    this.#messages.set(name, message);
    const described = this.#source(name);
    if (!described) throw new ProtobufError(`${name} has no protobuf form`);
    for (const [given, [number, type]] of Object.entries(described)) {
      const inline = given.startsWith('...');
      const kind = inline ? 'inline' : type.startsWith('[]') ? 'list' : type.startsWith('{}') ? 'map' : 'one';
      const codec = this.#codec(type.replace(/^(\[\]|\{\})/, ''));
      const field: Field = { name: given, number, kind, codec };
      fields.push(field);
      byNumber.set(number, field);
    }
    fields.sort((a, b) => a.number - b.number);
    return message;
  }
}

function structCodec(fields: Field[], byNumber: Map<number, Field>): Message {
  const fill = (writer: Writer, value: Json): void => {
    for (const field of fields) {
      if (field.kind === 'inline') {
        writer.message(field.number, () => (field.codec as Message).fill(writer, value));
        continue;
      }
      const child = value[field.name];
      if (child === undefined || child === null) continue;
      if (field.kind === 'list') for (const item of child as unknown[]) field.codec.write(writer, field.number, item);
      else if (field.kind === 'map') writeMap(writer, field, child as Json);
      else field.codec.write(writer, field.number, child);
    }
  };
  const take = (reader: Reader, into: Json): Json => {
    while (!reader.done) {
      const [number, wireType] = reader.tag();
      const field = byNumber.get(number);
      if (!field) {
        reader.skip(wireType);
        continue;
      }
      const expected = field.kind === 'map' ? BYTES : field.codec.wireType;
      if (wireType !== expected) throw new ProtobufError(`proto: wrong wireType = ${wireType} for field ${field.name}`);
      if (field.kind === 'inline') (field.codec as Message).take(reader.message(), into);
      else if (field.kind === 'list') listIn(into, field.name).push(field.codec.read(reader));
      else if (field.kind === 'map') readEntry(reader.message(), field, mapIn(into, field.name));
      else into[field.name] = field.codec.read(reader);
    }
    return into;
  };
  return {
    wireType: BYTES,
    fill,
    take,
    write: (writer, number, value) => writer.message(number, () => fill(writer, (value ?? {}) as Json)),
    read: (reader) => take(reader.message(), {}),
  };
}

const compilers = new WeakMap<ProtobufSource, Compiler>();

/** Codec of a message, compiled once per source. @throws ProtobufError for a type without protobuf form */
export function compileProtobuf(name: string, source: ProtobufSource): ProtobufCodec {
  let compiler = compilers.get(source);
  if (!compiler) {
    compiler = new Compiler(source);
    compilers.set(source, compiler);
  }
  const message = compiler.message(name);
  return {
    decode: (bytes) => message.take(new Reader(bytes), {}),
    encode(object) {
      const writer = new Writer();
      message.fill(writer, object as Json);
      return writer.finish();
    },
  };
}
