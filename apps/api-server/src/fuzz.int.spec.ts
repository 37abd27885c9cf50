import https from 'node:https';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { issueClientCertificate } from '@windlass/pki';
import { allDefinitions, schemaSource } from '@windlass/resources';
import { ADMIN_TOKEN, Random, useApiServer } from '@windlass/testkit';
import { type FuzzRequest, RequestFuzzer } from './testing/fuzz/requests.ts';

/** `npm run fuzz` sends a hundred thousand; FUZZ_SEED makes others. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const LANES = 16;
const HANG_MS = 20_000;
/** Here a node or a pod answers, and there is none. */
const ELSEWHERE = /\/(proxy|exec|attach|portforward|log)(\/|\?|$)/;

const api = useApiServer();
const agents: https.Agent[] = [];

beforeAll(async () => {
  await send(admin(), { method: 'POST', path: '/api/v1/namespaces', headers: JSON_TYPE, body: '{"metadata":{"name":"fuzz"}}' });
  for (const [path, rest] of Object.entries(SAMPLES)) {
    const body = JSON.stringify({ metadata: { name: path === 'api/v1/serviceaccounts' ? 'default' : 'a' }, ...rest });
    const at = path.replace(/\/([a-z]+)$/, '/namespaces/fuzz/$1');
    expect(await send(admin(), { method: 'POST', path: `/${at}`, headers: JSON_TYPE, body })).toMatchObject({ status: 201 });
  }
}, 60_000);
afterAll(async () => {
  for (const agent of agents) agent.destroy();
});

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const selector = { matchLabels: { a: 'b' } };
/** What patches and updates may hit. */
const SAMPLES: Record<string, object> = {
  'api/v1/serviceaccounts': {},
  'api/v1/configmaps': { data: { a: 'b' } },
  'api/v1/secrets': { stringData: { a: 'b' } },
  'api/v1/pods': { spec: template.spec },
  'api/v1/services': { spec: { ports: [{ port: 80 }] } },
  'api/v1/persistentvolumeclaims': { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  'apis/apps/v1/deployments': { spec: { selector, template } },
  'apis/apps/v1/statefulsets': { spec: { selector, template, serviceName: 'a' } },
  'apis/batch/v1/jobs': { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
  'apis/networking.k8s.io/v1/networkpolicies': { spec: { podSelector: {} } },
  'apis/rbac.authorization.k8s.io/v1/roles': { rules: [] },
  'apis/coordination.k8s.io/v1/leases': { spec: { holderIdentity: 'a' } },
};

const JSON_TYPE = { 'content-type': 'application/json' };

interface Sender {
  agent: https.Agent;
  headers: Record<string, string>;
}

const agentOf = (more: https.AgentOptions): https.Agent => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: LANES, ca: api.server.pki.caCert, ...more });
  agents.push(agent);
  return agent;
};
let adminAgent: https.Agent | undefined;
function admin(): Sender {
  adminAgent ??= agentOf({});
  return { agent: adminAgent, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };
}
async function jane(): Promise<Sender> {
  const { cert, key } = await issueClientCertificate(api.server.pki, { user: 'jane', groups: [], days: 1 });
  return { agent: agentOf({ cert, key }), headers: {} };
}

/** Watches and logs end with their first byte. Status 0: no answer, the connection broke or nothing came in time. */
function send(
  { agent, headers }: Sender,
  { method, path, body, headers: more }: FuzzRequest,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const all = { ...headers, ...more, ...(body ? { 'content-length': String(Buffer.byteLength(body)) } : {}) };
    const request = https.request({ host: '127.0.0.1', port: api.server.port, method, path, agent, headers: all }, (response) => {
      const status = response.statusCode ?? 0;
      const chunks: Buffer[] = [];
      const done = () => {
        clearTimeout(timer);
        resolve({ status, text: Buffer.concat(chunks).toString('utf8') });
      };
      if (/[?&]watch=|\/watch\/|follow=/.test(path) && status === 200) request.destroy();
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => {});
      response.on('close', done);
    });
    const timer = setTimeout(() => request.destroy(new Error('nothing came')), HANG_MS);
    request.on('error', (error) => {
      clearTimeout(timer);
      resolve({ status: 0, text: error.message });
    });
    request.end(body);
  });
}

const shown = ({ method, path, headers, body }: FuzzRequest): string =>
  `${method} ${path} ${headers['content-type'] ?? ''} ${headers.accept ?? ''} ${String(body ?? '').slice(0, 600)}`;

/** Go errors that kube-apiserver passes on as they are have code 500, too, but no reason (recorded: bindings, resourceVersion of a GET). */
const isBad = (status: number, text: string): boolean =>
  status === 0 ||
  (status === 500 && (text.startsWith('{') ? 'reason' in JSON.parse(text) : /^reason:/m.test(text))) ||
  (status > 500 && !(status === 504 && text.includes('Too large resource version')));

/** Sends `count` requests of a seed in several lanes. */
async function fuzz(
  sender: Sender,
  seed: number,
  count: number,
  each: (request: FuzzRequest, status: number, text: string) => void,
) {
  const fuzzer = new RequestFuzzer(new Random(seed), allDefinitions, schemaSource);
  let left = count;
  const lane = async () => {
    while (left-- > 0) {
      const request = fuzzer.next();
      const { status, text } = await send(sender, request);
      each(request, status, text);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function heapMiB(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / (1 << 20);
}

/** What every authenticated user may do: system:discovery, system:basic-user, system:public-info-viewer. Written anew, without RBAC. */
function openToAll(method: string, rawPath: string): boolean {
  const path = decodeURIComponent(rawPath.split('?')[0]!);
  const parts = path.split('/').filter((part) => part !== '');
  const read = method === 'GET' || method === 'HEAD';
  if (parts[0] === 'api' && parts.length <= 2) return read;
  if (parts[0] === 'apis' && parts.length <= 3) return read;
  if (['openapi', 'version', 'healthz', 'livez', 'readyz', '.well-known'].includes(parts[0] ?? '')) return read;
  if (path === '/openid/v1/jwks' || path === '/openid/v1/jwks/') return read;
  return (
    method === 'POST' && /^\/+apis\/auth(entication|orization)\.k8s\.io\/v1\/selfsubject(access|rules|)reviews\/*$/.test(path)
  );
}

describe('fuzzed requests', () => {
  it(
    `${REQUESTS} of an administrator: no 500, no hang, no growth of memory`,
    async () => {
      const bad = new Map<string, string>();
      const counts: Record<number, number> = {};
      const heaps: number[] = [];
      const rounds = Math.max(1, Math.round(REQUESTS / 10_000));
      for (let round = 0; round < rounds; round++) {
        await fuzz(admin(), SEED + round * 1000, Math.ceil(REQUESTS / rounds), (request, status, text) => {
          counts[status] = (counts[status] ?? 0) + 1;
          if (!isBad(status, text) || ELSEWHERE.test(request.path)) return;
          const signature = `${status} ${text.slice(0, 200)}`;
          if (!bad.has(signature)) bad.set(signature, shown(request));
        });
        heaps.push(heapMiB());
      }
      if (process.env.FUZZ_REQUESTS) console.log(JSON.stringify({ counts, heaps: heaps.map(Math.round) }));
      expect([...bad].map(([signature, request]) => `${signature}\n  by ${request}`)).toEqual([]);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect((await send(admin(), { method: 'GET', path: '/readyz', headers: {} })).text).toBe('ok');
      expect(counts[200]! + counts[201]!).toBeGreaterThan(REQUESTS / 20);
      if (rounds >= 4) expect(heaps.at(-1)! - heaps[1]!).toBeLessThan(100);
    },
    60_000 + REQUESTS * 60,
  );

  it(
    'nobody gets past authorization',
    async () => {
      const passed: string[] = [];
      const counts: Record<number, number> = {};
      await fuzz(await jane(), SEED + 7, Math.ceil(REQUESTS / 4), (request, status) => {
        counts[status] = (counts[status] ?? 0) + 1;
        if (status >= 200 && status < 300 && !openToAll(request.method, request.path)) passed.push(`${status} ${shown(request)}`);
      });
      expect(passed).toEqual([]);
      expect(counts[403]!).toBeGreaterThan(REQUESTS / 10);
    },
    60_000 + REQUESTS * 30,
  );
});
