import { BYTES, type Reader, VARINT, type Writer } from './wire.ts';

/** How a value stands in protobuf: `write` puts the whole field, `read` takes it after its tag. */
export interface Codec {
  wireType: number;
  write(writer: Writer, field: number, value: unknown): void;
  read(reader: Reader): unknown;
}

const varint = (to: (value: unknown) => number, from: (reader: Reader) => unknown): Codec => ({
  wireType: VARINT,
  write(writer, field, value) {
    writer.tag(field, VARINT);
    writer.int(to(value));
  },
  read: from,
});

const message = (fill: (writer: Writer, value: unknown) => void, read: (reader: Reader) => unknown): Codec => ({
  wireType: BYTES,
  write: (writer, field, value) => writer.message(field, () => fill(writer, value)),
  read: (reader) => read(reader.message()),
});

/** Reads all fields of a small message by number. */
function fields(reader: Reader, take: (field: number, wireType: number) => boolean): void {
  while (!reader.done) {
    const [field, wireType] = reader.tag();
    if (!take(field, wireType)) reader.skip(wireType);
  }
}

function text(writer: Writer, field: number, value: string): void {
  writer.tag(field, BYTES);
  writer.text(value);
}

const timestamp = (digits: 0 | 6): Codec =>
  message(
    (writer, value) => {
      if (!value) return;
      const [, whole = '', fraction = ''] = /^([^.Z+]*?)(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/.exec(String(value)) ?? [];
      writer.tag(1, VARINT);
      const zone = String(value).slice(whole.length + (fraction ? fraction.length + 1 : 0));
      writer.int(Math.floor(Date.parse(whole + zone) / 1000));
      writer.tag(2, VARINT);
      writer.int(digits === 0 ? 0 : Number(fraction.padEnd(9, '0').slice(0, 9)));
    },
    (reader) => {
      if (reader.done) return null;
      let seconds = 0;
      let nanos = 0;
      fields(reader, (field) => {
        if (field === 1) seconds = reader.int();
        else if (field === 2) nanos = reader.int();
        return field === 1 || field === 2;
      });
      const date = new Date(seconds * 1000);
      if (Number.isNaN(date.getTime())) return null;
      const whole = date.toISOString().slice(0, 19);
      return digits === 0 ? `${whole}Z` : `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z`;
    },
  );

const quantity = message(
  (writer, value) => text(writer, 1, String(value)),
  (reader) => {
    let value = '0';
    fields(reader, (field) => {
      if (field === 1) value = reader.bytes().toString() || '0';
      return field === 1;
    });
    return value;
  },
);

const intOrString = message(
  (writer, value) => {
    writer.tag(1, VARINT);
    writer.varint(typeof value === 'string' ? 1 : 0);
    writer.tag(2, VARINT);
    writer.int(typeof value === 'number' ? value : 0);
    text(writer, 3, typeof value === 'string' ? value : '');
  },
  (reader) => {
    let isText = false;
    let number = 0;
    let string = '';
    fields(reader, (field) => {
      if (field === 1) isText = reader.int() === 1;
      else if (field === 2) number = reader.int();
      else if (field === 3) string = reader.bytes().toString();
      else return false;
      return true;
    });
    return isText ? string : number;
  },
);

/** Raw JSON: FieldsV1, RawExtension, apiextensions' JSON. */
const raw = message(
  (writer, value) => text(writer, 1, JSON.stringify(value)),
  (reader) => {
    let value: unknown;
    fields(reader, (field) => {
      if (field !== 1) return false;
      const data = reader.bytes().toString();
      value = data === '' ? null : JSON.parse(data);
      return true;
    });
    return value ?? null;
  },
);

/** Nanoseconds on the wire, Go's duration text in JSON. */
const duration = message(
  (writer, value) => {
    writer.tag(1, VARINT);
    writer.int(typeof value === 'number' ? value : durationNanos(String(value)));
  },
  (reader) => {
    let nanos = 0;
    fields(reader, (field) => {
      if (field === 1) nanos = reader.int();
      return field === 1;
    });
    return `${nanos / 1e9}s`;
  },
);

const UNITS: Record<string, number> = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };

function durationNanos(value: string): number {
  let sum = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/g)) sum += Number(amount) * UNITS[unit!]!;
  return value.startsWith('-') ? -sum : sum;
}

/** Wrappers around a list of strings: Verbs, ExtraValue. */
const strings = message(
  (writer, value) => {
    for (const item of value as string[]) text(writer, 1, item);
  },
  (reader) => {
    const items: string[] = [];
    fields(reader, (field) => {
      if (field === 1) items.push(reader.bytes().toString());
      return field === 1;
    });
    return items;
  },
);

/** Codecs of scalars and of the types whose JSON is not that of their fields. */
export const SIMPLE: Record<string, Codec> = {
  string: {
    wireType: BYTES,
    write: (writer, field, value) => text(writer, field, String(value)),
    read: (reader) => reader.bytes().toString(),
  },
  bytes: {
    wireType: BYTES,
    write(writer, field, value) {
      writer.tag(field, BYTES);
      writer.bytes(Buffer.from(String(value), 'base64'));
    },
    read: (reader) => reader.bytes().toString('base64'),
  },
  bool: varint(
    (value) => (value ? 1 : 0),
    (reader) => reader.int() !== 0,
  ),
  int32: varint(Number, (reader) => reader.int()),
  int64: varint(Number, (reader) => reader.int()),
  double: {
    wireType: 1,
    write(writer, field, value) {
      writer.tag(field, 1);
      writer.double(Number(value));
    },
    read: (reader) => reader.double(),
  },
  time: timestamp(0),
  microTime: timestamp(6),
  quantity,
  intOrString,
  raw,
  duration,
  strings,
};

/** A union of a schema and something else: JSONSchemaPropsOrBool, -OrArray and -OrStringArray. */
export function schemaUnion(kind: string, schema: () => Codec): Codec {
  if (kind === 'schemaOrBool')
    return message(
      (writer, value) => {
        writer.tag(1, VARINT);
        writer.varint(value === false ? 0 : 1);
        if (typeof value === 'object') schema().write(writer, 2, value);
      },
      (reader) => {
        let value: unknown = false;
        fields(reader, (field) => {
          if (field === 1) {
            const allows = reader.int() !== 0;
            if (typeof value !== 'object') value = allows;
          } else if (field === 2) value = schema().read(reader);
          return field === 1 || field === 2;
        });
        return value;
      },
    );
  const items = kind === 'schemaOrArray' ? schema : () => SIMPLE.string!;
  return message(
    (writer, value) => {
      if (Array.isArray(value)) for (const item of value) items().write(writer, 2, item);
      else schema().write(writer, 1, value);
    },
    (reader) => {
      let one: unknown;
      const many: unknown[] = [];
      fields(reader, (field) => {
        if (field === 1) one = schema().read(reader);
        else if (field === 2) many.push(items().read(reader));
        return field === 1 || field === 2;
      });
      return one ?? many;
    },
  );
}
