import { type AnyObject, compileProtobuf, PROTOBUF_MEDIA, type ProtobufMessage } from '@windlass/meta';
import { fromProtobuf, toProtobuf, useApiServer } from '@windlass/testkit';

const api = useApiServer();
const call = (method: string, path: string, body?: Buffer, accept = PROTOBUF_MEDIA) =>
  api.http.call(path, { method, body, type: PROTOBUF_MEDIA, accept });

test('create, read, list and delete in protobuf', async () => {
  const path = '/api/v1/namespaces/default/configmaps';
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: '', uid: '' }, data: { k: 'v' } };
  const created = await call('POST', path, toProtobuf(object));
  expect([created.code, created.headers['content-type']]).toEqual([201, PROTOBUF_MEDIA]);
  expect(fromProtobuf(created.bytes)).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } });
  const read = await call('GET', `${path}/a`);
  expect(fromProtobuf(read.bytes)).toEqual(fromProtobuf(created.bytes));
  const list = fromProtobuf((await call('GET', path)).bytes) as unknown as { kind: string; items: AnyObject[] };
  expect(list.kind).toBe('ConfigMapList');
  expect(list.items.map((item) => item.metadata.name)).toContain('a');
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'other' } };
  const refused = await call('DELETE', `${path}/a`, toProtobuf(options));
  expect([refused.code, fromProtobuf(refused.bytes)]).toMatchObject([409, { kind: 'Status', reason: 'Conflict', code: 409 }]);
  const gone = await call('DELETE', `${path}/a`, toProtobuf({ apiVersion: 'v1', kind: 'DeleteOptions' }));
  expect([gone.code, fromProtobuf(gone.bytes)]).toMatchObject([200, { kind: 'Status', status: 'Success' }]);
});

test('a watch is framed', async () => {
  await call(
    'POST',
    '/api/v1/namespaces',
    toProtobuf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'seen' } } as never),
  );
  const path = '/api/v1/namespaces?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dseen';
  const { headers, bytes } = await call('GET', path);
  expect(headers['content-type']).toBe(`${PROTOBUF_MEDIA};stream=watch`);
  const frame = bytes.subarray(4, 4 + bytes.readUInt32BE(0));
  const messages: Record<string, ProtobufMessage> = {
    event: { type: [1, 'string'], object: [2, 'holder'] },
    holder: { raw: [1, 'bytes'] },
  };
  const event = compileProtobuf('event', (name) => messages[name]).decode(frame) as { type: string; object: { raw: string } };
  expect(event.type).toBe('ADDED');
  expect(fromProtobuf(Buffer.from(event.object.raw, 'base64')).metadata.name).toBe('seen');
});

test('what cannot be read is refused with Kubernetes texts', async () => {
  const refused = await call('POST', '/api/v1/namespaces', Buffer.from('abc'));
  expect(refused.code).toBe(400);
  expect((fromProtobuf(refused.bytes) as unknown as { message: string }).message).toBe(
    'the object provided is unrecognized (must be of type Namespace): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (616263)',
  );
  const table = await call('GET', '/api/v1/namespaces', undefined, `${PROTOBUF_MEDIA};as=Table;v=v1;g=meta.k8s.io`);
  expect(table.code).toBe(406);
});
