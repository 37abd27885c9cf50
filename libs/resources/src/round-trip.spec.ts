import { apiVersionOf, compileDecoder, compileProtobuf } from '@windlass/meta';
import { Random, randomValue } from '@windlass/testkit';
import { allDefinitions } from './all.ts';
import { protobufSource } from './protobuf.ts';
import { schemaSource } from './schemas.ts';

const SEED = Number(process.env.SEED ?? 1);
const kinds = allDefinitions.filter(({ verbs }) => !verbs || verbs.includes('get'));

describe.each(kinds.map((definition) => [`${definition.version} ${definition.kind}`, definition] as const))(
  '%s',
  (_, definition) => {
    const whole = () => ({
      ...(randomValue(schemaSource(definition.schema)!, schemaSource, new Random(SEED)) as object),
      kind: definition.kind,
      apiVersion: apiVersionOf(definition.group, definition.version),
    });

    test('reading loses no field and is idempotent', () => {
      const object = whole();
      const unknown: string[] = [];
      const decode = compileDecoder(definition.schema, schemaSource);
      const read = decode(object, { unknown });
      expect(unknown).toEqual([]);
      expect(read).toEqual(object);
      expect(decode(read, { unknown })).toEqual(read);
    });

    test('protobuf loses no field', () => {
      const { kind: _kind, apiVersion: _apiVersion, ...object } = whole();
      const codec = compileProtobuf(definition.schema, protobufSource);
      expect(codec.decode(codec.encode(object))).toEqual(object);
    });
  },
);
