import type { Schema } from '../schema.ts';
import { restoreProblem } from './restore.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    replicas: { type: 'integer', format: 'int32' },
    name: { type: 'string' },
    on: { type: 'boolean' },
    data: { type: 'string', format: 'byte' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    list: { type: 'array', items: { $ref: '#/components/schemas/Item' } },
    size: { $ref: '#/components/schemas/Quantity' },
  },
};
const source = (name: string): Schema | undefined =>
  name === 'Item' ? { type: 'object', properties: { port: { type: 'integer', format: 'int64' } } } : { type: 'string' };

test.each<[object, string | undefined]>([
  [{ replicas: 1, name: 'a', on: true, data: 'YQ==', labels: { a: 'b' }, list: [{ port: 1 }], size: 5, unknown: 1 }, undefined],
  [{ replicas: null }, undefined],
  [{ replicas: 'x' }, 'unrecognized type: int32'],
  [{ replicas: 1.5 }, 'cannot convert float64 to int32'],
  [{ name: 5 }, 'cannot convert int64 to string'],
  [{ name: true }, 'unrecognized type: string'],
  [{ on: 'true' }, 'unrecognized type: bool'],
  [{ data: 1 }, 'cannot restore slice from int64'],
  [{ labels: 'x' }, 'cannot restore map from string'],
  [{ labels: { a: {} } }, 'unrecognized type: string'],
  [{ list: 'x' }, 'cannot restore slice from string'],
  [{ list: ['x'] }, 'cannot restore struct from: string'],
  [{ list: [{ port: 'http' }] }, 'unrecognized type: int64'],
])('%j: %s', (value, problem) => {
  expect(restoreProblem(schema, value, source)).toBe(problem);
});
