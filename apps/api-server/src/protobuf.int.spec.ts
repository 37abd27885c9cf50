import { request } from 'node:https';
import { type AnyObject, compileProtobuf, PROTOBUF_MEDIA, type ProtobufMessage, unwrap, wrap } from '@windlass/meta';
import { protobufSource, schemaOfKind } from '@windlass/resources';
import { ADMIN_TOKEN, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';

let server: TestApiServer;
beforeAll(async () => {
  server = await startTestApiServer();
}, 60_000);
afterAll(async () => {
  await server.stop();
  await stopDatabases();
}, 60_000);

interface Answer {
  status: number;
  type: string;
  bytes: Buffer;
}

const headers = (extra: object) => ({ authorization: `Bearer ${ADMIN_TOKEN}`, accept: PROTOBUF_MEDIA, ...extra });

const call = (method: string, path: string, body?: Buffer, extra: object = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = {
      method,
      headers: headers({ 'content-type': PROTOBUF_MEDIA, 'content-length': body?.length ?? 0, ...extra }),
      rejectUnauthorized: false,
    };
    const sent = request(`${server.url}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, type: response.headers['content-type']!, bytes: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });

const encode = (object: { apiVersion: string; kind: string }) => {
  const codec = compileProtobuf(schemaOfKind(object.apiVersion, object.kind)!, protobufSource);
  return wrap({ apiVersion: object.apiVersion, kind: object.kind, raw: codec.encode(object) });
};
const decode = (bytes: Buffer): AnyObject => {
  const { apiVersion, kind, raw } = unwrap(bytes);
  return { apiVersion, kind, ...compileProtobuf(schemaOfKind(apiVersion, kind)!, protobufSource).decode(raw) } as AnyObject;
};

test('create, read, list and delete in protobuf', async () => {
  const path = '/api/v1/namespaces/default/configmaps';
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: '', uid: '' }, data: { k: 'v' } };
  const created = await call('POST', path, encode(object));
  expect([created.status, created.type]).toEqual([201, PROTOBUF_MEDIA]);
  expect(decode(created.bytes)).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } });
  const read = await call('GET', `${path}/a`);
  expect(decode(read.bytes)).toEqual(decode(created.bytes));
  const list = decode((await call('GET', path)).bytes) as unknown as { kind: string; items: AnyObject[] };
  expect(list.kind).toBe('ConfigMapList');
  expect(list.items.map((item) => item.metadata.name)).toContain('a');
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'other' } };
  const refused = await call('DELETE', `${path}/a`, encode(options));
  expect([refused.status, decode(refused.bytes)]).toMatchObject([409, { kind: 'Status', reason: 'Conflict', code: 409 }]);
  const gone = await call('DELETE', `${path}/a`, encode({ apiVersion: 'v1', kind: 'DeleteOptions' }));
  expect([gone.status, decode(gone.bytes)]).toMatchObject([200, { kind: 'Status', status: 'Success' }]);
});

test('a watch is framed', async () => {
  await call('POST', '/api/v1/namespaces', encode({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'seen' } } as never));
  const path = '/api/v1/namespaces?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dseen';
  const { type, bytes } = await call('GET', path);
  expect(type).toBe(`${PROTOBUF_MEDIA};stream=watch`);
  const frame = bytes.subarray(4, 4 + bytes.readUInt32BE(0));
  const messages: Record<string, ProtobufMessage> = {
    event: { type: [1, 'string'], object: [2, 'holder'] },
    holder: { raw: [1, 'bytes'] },
  };
  const event = compileProtobuf('event', (name) => messages[name]).decode(frame) as { type: string; object: { raw: string } };
  expect(event.type).toBe('ADDED');
  expect(decode(Buffer.from(event.object.raw, 'base64')).metadata.name).toBe('seen');
});

test('what cannot be read is refused with Kubernetes texts', async () => {
  const refused = await call('POST', '/api/v1/namespaces', Buffer.from('abc'));
  expect(refused.status).toBe(400);
  expect((decode(refused.bytes) as unknown as { message: string }).message).toBe(
    'the object provided is unrecognized (must be of type Namespace): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (616263)',
  );
  const table = await call('GET', '/api/v1/namespaces', undefined, { accept: `${PROTOBUF_MEDIA};as=Table;v=v1;g=meta.k8s.io` });
  expect(table.status).toBe(406);
});
