import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyObject } from '@windlass/meta';
import { ensureClusterPki } from '@windlass/pki';
import { ADMIN_TOKEN, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import type { AuditEvent } from './event.ts';
import { LogFile } from './log-file.ts';

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- {level: RequestResponse, resources: [{group: "", resources: [configmaps]}], omitManagedFields: true}
- {level: Request, verbs: [create], resources: [{group: "", resources: [pods]}], omitStages: [RequestReceived]}
- {level: Metadata, omitStages: [RequestReceived]}
`;

let directory: string;
let server: TestApiServer;
let far: https.Server;
const posted: AuditEvent[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'windlass-audit-'));
  const pkiDir = path.join(directory, 'pki');
  const hosts = ['localhost', '127.0.0.1'];
  const pki = await ensureClusterPki(pkiDir, { hosts, clusterDomain: 'cluster.local', serviceIp: '10.96.0.1' });
  far = https.createServer({ cert: pki.serverCert, key: pki.serverKey }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      posted.push(...(JSON.parse(Buffer.concat(chunks).toString()) as { items: AuditEvent[] }).items);
      response.end();
    });
  });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  await writeFile(path.join(directory, 'policy.yaml'), POLICY);
  server = await startTestApiServer({
    pkiDir,
    auditPolicyFile: path.join(directory, 'policy.yaml'),
    auditLog: path.join(directory, 'log/audit.log'),
    auditWebhook: { url: `https://127.0.0.1:${(far.address() as AddressInfo).port}/`, ca: pki.caCert, batchSeconds: 0.05 },
  });
}, 30_000);
afterAll(async () => {
  await server.stop();
  far.close();
  await stopDatabases();
  await rm(directory, { recursive: true, force: true });
});

const events = async (id: string): Promise<AuditEvent[]> => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  const text = await readFile(path.join(directory, 'log/audit.log'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter((event) => event.auditID === id);
};

/** Sends a request under an audit id of its own. @returns its events */
async function audited(id: string, method: string, url: string, body?: object, headers: Record<string, string> = {}) {
  const status = await new Promise<number>((resolve, reject) => {
    const all = {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      'audit-id': id,
      'user-agent': 'spec',
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    };
    const request = https.request(new URL(url, server.url), { method, ca: server.pki.caCert, headers: all }, (response) => {
      expect(response.headers['audit-id']).toBe(id);
      if (url.includes('watch=1')) setTimeout(() => request.destroy(), 50);
      response.on('error', () => {});
      response.on('close', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    request.on('error', reject);
    request.end(body ? JSON.stringify(body) : undefined);
  });
  return { status, events: await events(id) };
}

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: 'y' } };

describe('the audit log', () => {
  it('records a request with its bodies, in two stages', async () => {
    const { events: found } = await audited('create-1', 'POST', MAPS, map);
    expect(found.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete']);
    const [received, complete] = found as [AuditEvent, AuditEvent];
    expect(received).toMatchObject({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'RequestResponse',
      requestURI: MAPS,
      verb: 'create',
      user: { username: 'admin', uid: 'admin', groups: ['system:masters', 'system:authenticated'] },
      sourceIPs: ['127.0.0.1'],
      userAgent: 'spec',
      objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' },
    });
    expect(received.requestReceivedTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(complete).toMatchObject({
      objectRef: { name: 'a' },
      requestObject: map,
      responseObject: { kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: 'y' } },
      responseStatus: { metadata: {}, code: 201 },
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    });
    expect(JSON.stringify(complete)).not.toContain('managedFields');
  });

  it('a failure has its status; metadata alone has no bodies', async () => {
    const secret = { metadata: { name: 'UPPER' }, data: { key: Buffer.from('hidden').toString('base64') } };
    const { status, events: found } = await audited('create-2', 'POST', '/api/v1/namespaces/default/secrets', secret);
    expect([status, found.length]).toEqual([422, 1]);
    expect(found[0]).toMatchObject({
      level: 'Metadata',
      stage: 'ResponseComplete',
      objectRef: { name: 'UPPER' },
      responseStatus: { status: 'Failure', reason: 'Invalid', code: 422 },
    });
    expect(JSON.stringify(found)).not.toContain(secret.data.key);
    expect(JSON.stringify(found)).not.toContain(ADMIN_TOKEN);
  });

  it('tells of impersonation and of what was refused', async () => {
    const { status, events: found } = await audited('refused', 'GET', '/api/v1/nodes', undefined, { 'impersonate-user': 'jane' });
    expect(status).toBe(403);
    expect(found[0]).toMatchObject({
      user: { username: 'admin' },
      impersonatedUser: { username: 'jane', groups: ['system:authenticated'] },
      responseStatus: { code: 403, reason: 'Forbidden' },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    });
  });

  it('records who failed to authenticate', async () => {
    const { events: found } = await audited('stranger', 'GET', '/api/v1/nodes', undefined, { authorization: 'Bearer wrong' });
    expect(found).toMatchObject([
      { stage: 'ResponseStarted', user: {}, responseStatus: { code: 401, message: 'Authentication failed, attempted: bearer' } },
    ]);
  });

  it('a watch starts and completes', async () => {
    const { events: found } = await audited('watch', 'GET', '/api/v1/nodes?watch=1');
    expect(found.map(({ stage }) => stage)).toEqual(['ResponseStarted', 'ResponseComplete']);
  });

  it('carries the annotations of admission', async () => {
    await audited(
      'label',
      'PATCH',
      '/api/v1/namespaces/default',
      { metadata: { labels: { 'pod-security.kubernetes.io/audit': 'restricted' } } },
      {
        'content-type': 'application/merge-patch+json',
      },
    );
    const account = { metadata: { name: 'default' } };
    await server.admin
      .request({ method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', body: account as unknown as AnyObject })
      .catch(() => {});
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const { status, events: found } = await audited('pod', 'POST', '/api/v1/namespaces/default/pods', pod);
    expect(status).toBe(201);
    expect(found).toHaveLength(1);
    expect(found[0]!.annotations!['pod-security.kubernetes.io/audit-violations']).toContain('restricted');
    expect(found[0]!.requestObject).toMatchObject({ metadata: { name: 'p' } });
    expect(found[0]!.responseObject).toBeUndefined();
  });

  it('goes to the webhook as well', async () => {
    const known = (await events('create-1')).map(({ stage }) => stage);
    expect(posted.filter(({ auditID }) => auditID === 'create-1').map(({ stage }) => stage)).toEqual(known);
  });
});

it('LogFile sets a full file aside and loses no line', async () => {
  const file = path.join(directory, 'rotated/x.log');
  const lost: number[] = [];
  const log = new LogFile({ path: file, maxSizeMegabytes: 0.01, maxBackups: 2 }, (lines) => lost.push(lines));
  for (let i = 0; i < 6; i++) {
    log.write(`${i}${'.'.repeat(6000)}\n`);
    await log.close();
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  const names = (await readdir(path.dirname(file))).sort();
  expect(names).toHaveLength(3);
  const texts = await Promise.all(names.map((name) => readFile(path.join(path.dirname(file), name), 'utf8')));
  expect(texts.map((text) => text[0])).toEqual(['3', '4', '5']);
  expect(lost).toEqual([]);
});
