import { randomBytes } from 'node:crypto';
import https from 'node:https';
import path from 'node:path';
import tls from 'node:tls';
import { ensureClusterPki, issueClientCertificate } from '@windlass/pki';
import { ADMIN_TOKEN, useApiServer } from '@windlass/testkit';

const api = useApiServer();
const configMaps = '/api/v1/namespaces/default/configmaps';
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely
type Json = any;

interface Sent {
  method?: string;
  path: string;
  body?: string | Buffer;
  type?: string;
  headers?: Record<string, string>;
  tls?: tls.ConnectionOptions;
}

const send = ({
  method = 'GET',
  path: url,
  body,
  type,
  headers,
  tls: more,
}: Sent): Promise<{ code: number; status: Record<string, Json> }> =>
  new Promise((resolve, reject) => {
    const request = https.request(
      {
        host: '127.0.0.1',
        port: api.server.port,
        method,
        path: url,
        ca: api.server.pki.caCert,
        agent: false,
        ...more,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(type ? { 'content-type': type } : {}), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ code: response.statusCode!, status: text.startsWith('{') ? JSON.parse(text) : { text } });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
const post = (body: unknown, url = configMaps, type = 'application/json') =>
  send({ method: 'POST', path: url, type, body: typeof body === 'string' ? body : JSON.stringify(body) });
const names = async () => {
  const { status } = await send({ path: configMaps });
  return (status.items as { metadata: { name: string } }[])
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== 'kube-root-ca.crt');
};

describe('bad input is refused with what Kubernetes says, and nothing is written', () => {
  afterEach(async () => {
    expect(await names()).toEqual([]);
  });

  test.each([
    ['malformed JSON', '{"metadata":', 'application/json', 400, 'BadRequest', /must be of type ConfigMap.*json parse error/],
    ['malformed YAML', 'a: [', 'application/yaml', 400, 'BadRequest', /must be of type ConfigMap/],
    [
      'a mistyped field',
      '{"metadata":{"name":"a"},"data":{"k":1}}',
      'application/json',
      400,
      'BadRequest',
      /cannot unmarshal number into Go struct field ConfigMap.data of type string/,
    ],
    [
      'another kind',
      '{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"}}',
      'application/json',
      400,
      'BadRequest',
      /cannot be handled as a ConfigMap/,
    ],
    [
      'a bad name',
      '{"metadata":{"name":"Bad_Name"}}',
      'application/json',
      422,
      'Invalid',
      /metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain/,
    ],
    [
      'no name',
      '{"metadata":{}}',
      'application/json',
      422,
      'Invalid',
      /metadata.name: Required value: name or generateName is required/,
    ],
    [
      'another namespace',
      '{"metadata":{"name":"a","namespace":"b"}}',
      'application/json',
      400,
      'BadRequest',
      /the namespace of the provided object does not match/,
    ],
    [
      'a resourceVersion',
      '{"metadata":{"name":"a","resourceVersion":"1"}}',
      'application/json',
      400,
      'BadRequest',
      /resourceVersion should not be set/,
    ],
    ['a strange media type', '{}', 'text/plain', 415, 'UnsupportedMediaType', /accepted media types include/],
    ['nothing', '', 'application/json', 400, 'BadRequest', /./],
  ])('%s', async (_, body, type, code, reason, message) => {
    const answer = await post(body, configMaps, type);
    expect(answer.status).toMatchObject({ kind: 'Status', status: 'Failure', code, reason });
    expect(answer.code).toBe(code);
    expect(answer.status.message).toMatch(message);
  });

  test('an unknown field, when asked to be strict', async () => {
    const { status } = await post({ metadata: { name: 'a' }, dta: {} }, `${configMaps}?fieldValidation=Strict`);
    expect(status).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(status.message).toMatch('strict decoding error: unknown field "dta"');
  });

  test('a missing namespace', async () => {
    const { status } = await post({ metadata: { name: 'a' } }, '/api/v1/namespaces/nowhere/configmaps');
    expect(status).toMatchObject({ code: 404, reason: 'NotFound', message: 'namespaces "nowhere" not found' });
  });

  test('a body of more than 3 MiB', async () => {
    const { status } = await post({ metadata: { name: 'a' }, data: { k: randomBytes(2 << 20).toString('hex') } });
    expect(status).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' });
  });

  test('a body that stops half way', async () => {
    await new Promise<void>((resolve) => {
      const socket = tls.connect({ port: api.server.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        socket.write(
          `POST ${configMaps} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"metadata":{"name":"half"}`,
        );
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => resolve());
      socket.on('error', () => {});
    });
  });

  test.each([
    ['/api/v1/namespaces/default/configmaps/..%2f..%2fsecrets', 404],
    ['/api/v1/namespaces/%2e%2e/configmaps/x', 404],
    ['/api/v1//configmaps/', 404],
    ['/api/v1/namespaces/default/configmaps/%', 400],
    ['/../../etc/passwd', 404],
    ['/apis/nowhere.io/v1/things', 404],
  ])('path %s', async (url, code) => {
    expect((await send({ path: url })).code).toBe(code);
  });

  test('credentials: none, a wrong token, a certificate of another authority', async () => {
    const noToken = { authorization: '' };
    expect((await send({ path: configMaps, headers: noToken })).status).toMatchObject({ code: 401, reason: 'Unauthorized' });
    expect((await send({ path: configMaps, headers: { authorization: 'Bearer nope' } })).code).toBe(401);
    const other = await ensureClusterPki(path.join(api.server.directory, 'other'), {
      hosts: [],
      clusterDomain: 'x',
      serviceIp: '10.0.0.1',
    });
    const stranger = await issueClientCertificate(other, { user: 'admin', groups: ['system:masters'], days: 1 });
    const { code } = await send({ path: configMaps, headers: noToken, tls: { cert: stranger.cert, key: stranger.key } });
    expect(code).toBe(401);
  });
});

describe('with an object', () => {
  let version: string;
  beforeAll(async () => {
    const { status } = await post({ metadata: { name: 'kept' }, data: { k: 'v' } });
    version = status.metadata.resourceVersion;
  });
  const put = (body: unknown) =>
    send({ method: 'PUT', path: `${configMaps}/kept`, type: 'application/json', body: JSON.stringify(body) });

  test('a conflicting resourceVersion', async () => {
    await put({ metadata: { name: 'kept', resourceVersion: version }, data: { k: 'w' } });
    const { status } = await put({ metadata: { name: 'kept', resourceVersion: version }, data: { k: 'x' } });
    expect(status).toMatchObject({ code: 409, reason: 'Conflict', details: { name: 'kept', kind: 'configmaps' } });
    expect(status.message).toMatch('the object has been modified');
  });

  test('another name than in the path', async () => {
    expect((await put({ metadata: { name: 'other' } })).status).toMatchObject({ code: 400, reason: 'BadRequest' });
  });

  test('a patch that does not apply', async () => {
    const patch = (type: string, body: string) => send({ method: 'PATCH', path: `${configMaps}/kept`, type, body });
    expect((await patch('application/json-patch+json', '[{"op":"remove","path":"/data/none"}]')).code).toBe(422);
    expect((await patch('application/merge-patch+json', '[]')).code).toBe(400);
    expect((await patch('application/json', '{}')).code).toBe(415);
  });

  test('an expired and a broken continue token', async () => {
    await post({ metadata: { name: 'second' } });
    const { status: page } = await send({ path: `${configMaps}?limit=1` });
    expect(page.metadata.continue).toBeTruthy();
    const { v, start } = JSON.parse(Buffer.from(page.metadata.continue, 'base64url').toString()) as { v: string; start: string };
    const tooNew = Buffer.from(JSON.stringify({ v, rv: 0, start })).toString('base64url');
    for (const token of [tooNew, 'x', '%%%'])
      expect((await send({ path: `${configMaps}?limit=1&continue=${encodeURIComponent(token)}` })).status).toMatchObject({
        code: 400,
        reason: 'BadRequest',
      });
  });
});
