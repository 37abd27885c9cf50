import { type AnyObject, compileProtobuf, unwrap, wrap } from '@windlass/meta';
import data from '../data/protobuf.json' with { type: 'json' };
import { protobufSource, schemaOfKind } from './protobuf.ts';

const SAMPLES: Record<string, unknown> = {
  string: 'text ü',
  bytes: 'AAEC',
  bool: true,
  int32: -7,
  int64: 1700000000000,
  double: 0.25,
  time: '2024-02-29T23:59:59Z',
  microTime: '2024-02-29T23:59:59.000123Z',
  quantity: '1500m',
  intOrString: '30%',
  raw: { a: [1, null, 'x'] },
  duration: '1.5s',
  strings: ['get', 'list'],
  schemaOrBool: false,
  schemaOrArray: [{ type: 'string' }],
  schemaOrStrings: ['a', 'b'],
};

/** A value with every field of a message set, down to three levels. */
function sample(type: string, depth = 0): unknown {
  if (type in SAMPLES) return SAMPLES[type];
  const object: AnyObject | Record<string, unknown> = {};
  if (depth > 3) return object;
  for (const [name, [, given]] of Object.entries(protobufSource(type)!)) {
    const bare = given.replace(/^(\[\]|\{\})/, '');
    if (name.startsWith('...')) Object.assign(object, sample(bare, depth));
    else if (depth === 3 && !(bare in SAMPLES)) continue;
    else if (given.startsWith('[]')) object[name] = [sample(bare, depth + 1), sample(bare, depth + 1)];
    else if (given.startsWith('{}')) object[name] = { k: sample(bare, depth + 1), l: sample(bare, depth + 1) };
    else object[name] = sample(bare, depth + 1);
  }
  return object;
}

describe('protobuf of the built-in types', () => {
  test.each(Object.keys(data))('%s comes back as it went', (name) => {
    const object = sample(name) as object;
    const codec = compileProtobuf(name, protobufSource);
    expect(codec.decode(codec.encode(object))).toEqual(object);
  });

  // Written by hand after what Go writes: plain fields even when empty.
  test('a namespace of a typed client', () => {
    const raw = compileProtobuf('io.k8s.api.core.v1.Namespace', protobufSource);
    const bytes = Buffer.from(
      '0a1b0a037465731200 1a0022002a003200380042005a060a01611201621200 1a020a00'.replaceAll(' ', ''),
      'hex',
    );
    expect(raw.decode(bytes)).toEqual({
      metadata: {
        name: 'tes',
        generateName: '',
        namespace: '',
        selfLink: '',
        uid: '',
        resourceVersion: '',
        generation: 0,
        creationTimestamp: null,
        labels: { a: 'b' },
      },
      spec: {},
      status: { phase: '' },
    });
  });

  test('the envelope names the type', () => {
    const bytes = wrap({ apiVersion: 'apps/v1', kind: 'Deployment', raw: Buffer.from([1, 2]) });
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('k8s\0');
    expect(unwrap(bytes)).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', raw: Buffer.from([1, 2]) });
    expect(() => unwrap(Buffer.from('abc'))).toThrow('expected prefix [107 56 115 0]');
    expect(schemaOfKind('apps/v1', 'DeleteOptions')).toBe('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
  });

  test('truncated input is refused, unknown fields are not', () => {
    const codec = compileProtobuf('io.k8s.api.core.v1.ConfigMap', protobufSource);
    const bytes = codec.encode({ metadata: { name: 'a' }, data: { k: 'v' } });
    expect(() => codec.decode(bytes.subarray(0, bytes.length - 1))).toThrow('unexpected EOF');
    expect(codec.decode(Buffer.concat([bytes, Buffer.from([0xfa, 0x7f, 1, 0])]))).toEqual(codec.decode(bytes));
  });
});
