import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AnyObject } from '@windlass/meta';
import { ADMIN_TOKEN, Random, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import { type Granted, mayDo, type Person, type Resource, type Rule, type Url } from '../testing/authz/judge.ts';
import { grants, NAMESPACES, people, question } from '../testing/authz/matrix.ts';

const SEED = Number(process.env.MATRIX_SEED ?? 20_261_128);
const QUESTIONS = Number(process.env.MATRIX_QUESTIONS ?? 3000);
const GROUP = 'rbac.authorization.k8s.io';

/** Of the cases below, beside those of the matrix. */
const OTHERS: Person[] = [
  { name: 'of-a', groups: [] },
  { name: 'reader', groups: [] },
  { name: 'only-one', groups: [] },
  { name: 'metrics', groups: [] },
  { name: 'writer', groups: [] },
  { name: 'actor', groups: [] },
];
const all = (verbs: string[], more: Partial<Rule> = {}): Rule => ({ verbs, apiGroups: ['*'], resources: ['*'], ...more });
const OWN: Granted[] = [
  { namespace: 'a', to: ['user:of-a'], rules: [all(['*'])] },
  { namespace: '', to: ['user:reader'], rules: [all(['get', 'list', 'watch'])] },
  { namespace: 'a', to: ['user:only-one'], rules: [all(['*'], { resourceNames: ['one'] })] },
  { namespace: '', to: ['user:metrics'], rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics/*', '/healthz'] }] },
  { namespace: 'a', to: ['user:writer'], rules: [all(['update', 'patch', 'get'], { resources: ['configmaps', 'deployments'] })] },
  {
    namespace: '',
    to: ['user:actor'],
    rules: [
      { verbs: ['impersonate'], apiGroups: [''], resources: ['users'], resourceNames: ['reader'] },
      { verbs: ['impersonate'], apiGroups: [''], resources: ['groups'], resourceNames: ['g1'] },
      { verbs: ['impersonate'], apiGroups: ['authentication.k8s.io'], resources: ['userextras/scopes'], resourceNames: ['x'] },
      { verbs: ['impersonate'], apiGroups: ['authentication.k8s.io'], resources: ['uids'], resourceNames: ['7'] },
    ],
  },
];

let server: TestApiServer;
let directory: string;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const everyone = [...people(), ...OTHERS];
const tokenOf = ({ name }: Person) => `token-${name.replaceAll(':', '-')}`;

interface Answer {
  status: number;
  json: AnyObject | undefined;
  text: string;
}

/** @param head is sent as it stands, so that nothing tidies the path up */
function ask(
  who: string,
  method: string,
  target: string,
  options: { headers?: object; body?: object; type?: string } = {},
): Promise<Answer> {
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const headers = {
    authorization: `Bearer ${who}`,
    ...(body === undefined
      ? {}
      : { 'content-type': options.type ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const { port } = server;
    const sent = request({ host: '127.0.0.1', port, path: target, method, headers, agent, ca: server.pki.caCert }, (response) => {
      // Of a watch it is enough that it begins.
      if (response.statusCode === 200 && method === 'GET' && /[?&]watch=/.test(target)) {
        resolve({ status: 200, json: undefined, text: '' });
        response.destroy();
        return;
      }
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const json = /^\{.*\}\s*$/s.test(text) && !/\}\n\{/.test(text) ? (JSON.parse(text) as AnyObject) : undefined;
        resolve({ status: response.statusCode!, json, text });
      });
    });
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode!, json: undefined, text: '' });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const as = (name: string) => tokenOf({ name, groups: [] });
/** Refused by authorization, not by what follows it. */
const isDenied = ({ status, json }: Answer): boolean =>
  status === 403 && / cannot \S+ (resource|path) /.test(String(json?.message));

async function grant({ namespace, to, rules }: Granted, name: string): Promise<void> {
  const admin = { body: undefined as object | undefined };
  const kind = namespace ? 'Role' : 'ClusterRole';
  const root = `/apis/${GROUP}/v1${namespace ? `/namespaces/${namespace}` : ''}`;
  const subjects = to.map((subject) => {
    const [type, ...rest] = subject.split(':');
    const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(rest.join(':'));
    if (account) return { kind: 'ServiceAccount', namespace: account[1], name: account[2] };
    return { kind: type === 'user' ? 'User' : 'Group', apiGroup: GROUP, name: rest.join(':') };
  });
  for (const [resource, body] of [
    [`${kind.toLowerCase()}s`, { kind, metadata: { name }, rules }],
    [
      `${kind.toLowerCase()}bindings`,
      { kind: `${kind}Binding`, metadata: { name }, roleRef: { apiGroup: GROUP, kind, name }, subjects },
    ],
  ] as const) {
    const made = await ask(ADMIN_TOKEN, 'POST', `${root}/${resource}`, {
      ...admin,
      body: { apiVersion: `${GROUP}/v1`, ...body },
    });
    expect([made.status, made.json?.message]).toEqual([201, undefined]);
  }
}

const random = new Random(SEED);
const granted: Granted[] = [...grants(random, 24), ...OWN];
/** What everybody has: the bindings of system:authenticated that every cluster has. */
const COMMON: Granted[] = [
  {
    namespace: '',
    to: ['group:system:authenticated'],
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/healthz',
          '/livez',
          '/openapi',
          '/openapi/*',
          '/readyz',
          '/version',
          '/version/',
        ],
      },
    ],
  },
];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'windlass-matrix-'));
  const tokensFile = path.join(directory, 'tokens.csv');
  const lines = everyone.map((person) => `${tokenOf(person)},${person.name},uid-${person.name},"${person.groups.join(',')}"`);
  await writeFile(tokensFile, [`${ADMIN_TOKEN},admin,admin,"system:masters"`, ...lines, ''].join('\n'));
  server = await startTestApiServer({ tokensFile });
  const make = async (root: string, kind: string, name: string, more: object = {}) => {
    const made = await ask(ADMIN_TOKEN, 'POST', root, { body: { apiVersion: 'v1', kind, metadata: { name }, ...more } });
    expect([made.status, made.json?.message]).toEqual([201, undefined]);
  };
  for (const namespace of NAMESPACES) await make('/api/v1/namespaces', 'Namespace', namespace);
  for (const namespace of NAMESPACES)
    for (const name of ['one', 'two'])
      await make(`/api/v1/namespaces/${namespace}/configmaps`, 'ConfigMap', name, { data: { x: namespace } });
  for (const [i, each] of granted.entries()) await grant(each, `matrix-${i}`);
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
  await stopDatabases();
});

test(`${QUESTIONS} questions are answered as RBAC says (seed ${SEED})`, async () => {
  const wrong: string[] = [];
  const counts = { allowed: 0, denied: 0 };
  const work = Array.from({ length: QUESTIONS }, () => ({ person: random.pick(everyone), ...question(random) }));
  const next = work[Symbol.iterator]();
  const worker = async () => {
    for (const { person, asked, method, path: target } of next) {
      const may = (question: Resource | Url) => mayDo(person, question, [...granted, ...COMMON]);
      // A stream that begins with a GET needs what a POST needs, too.
      const streams = 'resource' in asked && asked.subresource === 'exec' && asked.verb === 'get';
      const allowed = may(asked) && (!streams || may({ ...asked, verb: 'create' }));
      counts[allowed ? 'allowed' : 'denied']++;
      const body = method === 'POST' || method === 'PUT' ? {} : method === 'PATCH' ? {} : undefined;
      const type = method === 'PATCH' ? 'application/merge-patch+json' : undefined;
      const answer = await ask(tokenOf(person), method, target, { body, type });
      if (isDenied(answer) === allowed)
        wrong.push(
          `${person.name} ${method} ${target} ${JSON.stringify(asked)}: ${allowed ? 'allowed' : 'denied'}, but ${answer.status} ${answer.text.slice(0, 200)}`,
        );
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  expect(wrong).toEqual([]);
  // A matrix in which everything is allowed, or nothing, would say little.
  expect(counts.allowed).toBeGreaterThan(QUESTIONS / 10);
  expect(counts.denied).toBeGreaterThan(QUESTIONS / 10);
}, 60_000);

describe('no spelling of a path gets more than it says', () => {
  const UPGRADE = {
    headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'x' },
  };
  const NOT_SERVED = [403, 404, 405];
  test.each([
    // Who has everything in a namespace has nothing beyond it.
    ['of-a', 'GET', '/api/v1/namespaces/a/configmaps', [200]],
    ['of-a', 'GET', '/api/v1/namespaces/a', [200]],
    ['of-a', 'GET', '/api/v1/namespaces/a/namespaces/b', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/namespaces/a/namespaces', NOT_SERVED],
    ['of-a', 'DELETE', '/api/v1/namespaces/a/namespaces/b?dryRun=All', NOT_SERVED],
    ['of-a', 'PATCH', '/api/v1/namespaces/a/namespaces/b?dryRun=All', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/watch/namespaces/a/namespaces?timeoutSeconds=1', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/namespaces/a/nodes', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/namespaces/a/nodes/n/proxy/', NOT_SERVED],
    ['of-a', 'GET', '/apis/rbac.authorization.k8s.io/v1/namespaces/a/clusterroles', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/namespaces/a%2F..%2Fb/configmaps', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/namespaces/a/../b/configmaps', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/namespaces/a/configmaps/..%2f..%2fb%2fconfigmaps%2fone', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/namespaces/%61/configmaps/one', [200]],
    ['of-a', 'GET', '/api/v1/namespaces/b/configmaps/one', [403]],
    ['of-a', 'GET', '/api/v1/namespaces//configmaps', [403]],
    ['of-a', 'GET', '/api/v1//namespaces/a/configmaps', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/configmaps?fieldSelector=metadata.namespace%3Da', [403]],
    ['of-a', 'GET', '/api/v1/watch/configmaps?timeoutSeconds=1', [403]],
    ['of-a', 'GET', '/api/v1/proxy/namespaces/a/configmaps/one', NOT_SERVED],
    // Who only reads does not act, whatever prefix it finds.
    ['reader', 'GET', '/api/v1/watch/namespaces/a/configmaps/one?timeoutSeconds=1', [200]],
    ['reader', 'POST', '/api/v1/watch/namespaces/a/pods/x/exec?command=id&stdout=1', NOT_SERVED],
    ['reader', 'GET', '/api/v1/watch/namespaces/a/pods/x/exec?command=id&stdout=1', NOT_SERVED],
    ['reader', 'POST', '/api/v1/namespaces/a/pods/x/exec?command=id&stdout=1', [403]],
    ['reader', 'DELETE', '/api/v1/watch/namespaces/a/configmaps/one', NOT_SERVED],
    ['reader', 'PUT', '/api/v1/watch/namespaces/a/configmaps/one', NOT_SERVED],
    ['reader', 'POST', '/api/v1/watch/namespaces/a/serviceaccounts/default/token', NOT_SERVED],
    ['reader', 'POST', '/api/v1/proxy/namespaces/a/serviceaccounts/default/token', NOT_SERVED],
    ['reader', 'DELETE', '/api/v1/namespaces/a/configmaps?watch=1&dryRun=All', [403]],
    ['reader', 'POST', '/api/v1/namespaces/a/configmaps?watch=1', [403]],
    ['reader', 'HEAD', '/api/v1/namespaces/a/configmaps/one', [200, 405]],
    ['reader', 'OPTIONS', '/api/v1/namespaces/a/configmaps/one', NOT_SERVED],
    ['reader', 'TRACE', '/api/v1/namespaces/a/configmaps/one', NOT_SERVED],
    // Who has one object has no other.
    ['only-one', 'GET', '/api/v1/namespaces/a/configmaps/one', [200]],
    ['only-one', 'GET', '/api/v1/namespaces/a/configmaps/two', [403]],
    ['only-one', 'GET', '/api/v1/namespaces/a/configmaps', [403]],
    ['only-one', 'GET', '/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name%3Done', [200]],
    ['only-one', 'GET', '/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name%3Done,metadata.namespace%3Da', [200]],
    ['only-one', 'GET', '/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name%3Done,metadata.name%3Dtwo', [200, 403]],
    ['only-one', 'GET', '/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name!%3Done', [403]],
    [
      'only-one',
      'GET',
      '/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name%3Done&fieldSelector=metadata.name%3Dtwo',
      [200, 400, 403],
    ],
    ['only-one', 'GET', '/api/v1/watch/namespaces/a/configmaps/one?timeoutSeconds=1', [200]],
    [
      'only-one',
      'GET',
      '/api/v1/watch/namespaces/a/configmaps/one?timeoutSeconds=1&fieldSelector=metadata.namespace%3Da',
      [200, 403],
    ],
    ['only-one', 'DELETE', '/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name%3Done&dryRun=All', [403]],
    ['only-one', 'POST', '/api/v1/namespaces/a/configmaps', [403]],
    // Paths.
    ['metrics', 'GET', '/metrics', [403]],
    ['metrics', 'GET', '/metrics/', NOT_SERVED],
    ['metrics', 'GET', '//metrics', NOT_SERVED],
    ['metrics', 'GET', '/metrics%2F', NOT_SERVED],
    ['metrics', 'GET', '/healthz', [200]],
    ['metrics', 'GET', '/healthz/ping', [403]],
    ['metrics', 'GET', '/healthz/../metrics', NOT_SERVED],
    ['of-a', 'GET', '/api/v1/namespaces/a/configmaps/%zz', [400]],
  ])('%s %s %s', async (who, method, target, statuses) => {
    const body = method === 'PATCH' ? { metadata: { labels: { x: 'y' } } } : undefined;
    const answer = await ask(as(who), method, target, { body, type: 'application/merge-patch+json' });
    expect({ status: answer.status, text: answer.text.slice(0, 300), expected: statuses.includes(answer.status) }).toMatchObject({
      expected: true,
    });
    // Whatever the status: what it may not see is not in the answer.
    if (who === 'of-a') expect(answer.text).not.toContain('"x":"b"');
    if (who === 'only-one') expect(answer.text).not.toMatch(/"kind":"ConfigMap".*"name":"two"/);
  });

  test.each([
    ['of-a', 'GET', '/api/v1/namespaces/a/nodes/n/proxy/pods'],
    ['of-a', 'GET', '/api/v1/namespaces/b/pods/x/exec?command=id&stdout=1'],
    ['reader', 'GET', '/api/v1/watch/namespaces/a/pods/x/exec?command=id&stdout=1'],
    ['reader', 'GET', '/api/v1/proxy/namespaces/a/pods/x/exec?command=id&stdout=1'],
    ['reader', 'GET', '/api/v1/namespaces/a/pods/x/exec?command=id&stdout=1'],
    ['reader', 'GET', '/api/v1/namespaces/a/pods/x/portforward'],
    ['reader', 'GET', '/api/v1/namespaces/a/pods/x/attach?stdout=1'],
  ])('%s %s %s, upgraded', async (who, method, target) => {
    const answer = await ask(as(who), method, target, UPGRADE);
    expect([403, 404, 400]).toContain(answer.status);
    expect(answer.text).not.toMatch(/pods \\"x\\" not found|nodes \\"n\\" not found/);
  });
});

describe('writes that become creates', () => {
  const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' } };
  const target = '/api/v1/namespaces/a/configmaps/new';
  test('an apply of what is not there needs create', async () => {
    const options = { body: CONFIG_MAP, type: 'application/apply-patch+yaml' };
    const refused = await ask(as('writer'), 'PATCH', `${target}?fieldManager=m&dryRun=All`, options);
    expect([refused.status, refused.json?.reason]).toEqual([403, 'Forbidden']);
    expect((await ask(as('of-a'), 'PATCH', `${target}?fieldManager=m&dryRun=All`, options)).status).toBe(201);
  });
  test('an update of what is not there creates nothing', async () => {
    expect((await ask(as('writer'), 'PUT', target, { body: CONFIG_MAP })).status).toBe(404);
  });
  test('a dry run needs the permission as well', async () => {
    expect((await ask(as('reader'), 'POST', '/api/v1/namespaces/a/configmaps?dryRun=All', { body: CONFIG_MAP })).status).toBe(
      403,
    );
  });
});

describe('impersonation', () => {
  const self = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  test.each([
    ['a user', { 'impersonate-user': 'reader' }, 201],
    ['another user', { 'impersonate-user': 'of-a' }, 403],
    ['a group', { 'impersonate-user': 'reader', 'impersonate-group': 'g1' }, 201],
    ['another group', { 'impersonate-user': 'reader', 'impersonate-group': 'system:masters' }, 403],
    ['one group of two', { 'impersonate-user': 'reader', 'impersonate-group': ['g1', 'g2'] }, 403],
    ['a group by another spelling of the header', { 'impersonate-user': 'reader', 'IMPERSONATE-GROUP': 'g2' }, 403],
    ['an extra', { 'impersonate-user': 'reader', 'impersonate-extra-scopes': 'x' }, 201],
    ['another value of it', { 'impersonate-user': 'reader', 'impersonate-extra-scopes': 'y' }, 403],
    ['another extra', { 'impersonate-user': 'reader', 'impersonate-extra-other': 'x' }, 403],
    ['an extra spelt with escapes', { 'impersonate-user': 'reader', 'impersonate-extra-%73copes': 'x' }, 201],
    ['a uid', { 'impersonate-user': 'reader', 'impersonate-uid': '7' }, 201],
    ['another uid', { 'impersonate-user': 'reader', 'impersonate-uid': '8' }, 403],
    ['a service account', { 'impersonate-user': 'system:serviceaccount:a:bot' }, 403],
    ['a group without a user', { 'impersonate-group': 'g1' }, 400],
  ])('as %s', async (_, headers, status) => {
    expect((await ask(as('actor'), 'POST', self, { headers, body })).status).toBe(status);
  });
  test('whom it acts as decides, not who asks', async () => {
    const headers = { 'impersonate-user': 'reader' };
    expect((await ask(as('actor'), 'GET', '/api/v1/namespaces/b/configmaps/one', { headers })).status).toBe(200);
    expect((await ask(as('actor'), 'GET', '/api/v1/namespaces/b/configmaps/one')).status).toBe(403);
    expect((await ask(ADMIN_TOKEN, 'DELETE', '/api/v1/namespaces/b/configmaps/one', { headers })).status).toBe(403);
  });
});

describe('nobody grants more than it has', () => {
  const role = (rules: Rule[], name = 'r') => ({ apiVersion: `${GROUP}/v1`, kind: 'Role', metadata: { name }, rules });
  test('in a role, in a binding, by update and by apply', async () => {
    const secrets: Rule = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
    await grant(
      {
        namespace: 'b',
        to: ['user:writer'],
        rules: [{ verbs: ['get', 'create', 'update', 'patch'], apiGroups: [GROUP], resources: ['roles', 'rolebindings'] }],
      },
      'rbac-b',
    );
    const inB = `/apis/${GROUP}/v1/namespaces/b`;
    const small: Rule = { verbs: ['get'], apiGroups: [GROUP], resources: ['roles'] };
    const unlessMore = async (answer: Promise<Answer>) => {
      const { status, json } = await answer;
      expect([status, json?.message]).toEqual([
        403,
        expect.stringContaining('is attempting to grant RBAC permissions not currently held'),
      ]);
    };
    await unlessMore(ask(as('writer'), 'POST', `${inB}/roles`, { body: role([secrets]) }));
    expect((await ask(as('writer'), 'POST', `${inB}/roles`, { body: role([small]) })).status).toBe(201);
    await unlessMore(ask(as('writer'), 'PUT', `${inB}/roles/r`, { body: role([small, secrets]) }));
    await unlessMore(
      ask(as('writer'), 'PATCH', `${inB}/roles/r`, { body: { rules: [secrets] }, type: 'application/merge-patch+json' }),
    );
    await unlessMore(
      ask(as('writer'), 'PATCH', `${inB}/roles/r?fieldManager=m&force=true`, {
        body: role([secrets]),
        type: 'application/apply-patch+yaml',
      }),
    );
    const binding = (kind: string, name: string) => ({
      apiVersion: `${GROUP}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'rb' },
      roleRef: { apiGroup: GROUP, kind, name },
      subjects: [{ kind: 'User', apiGroup: GROUP, name: 'writer' }],
    });
    await unlessMore(ask(as('writer'), 'POST', `${inB}/rolebindings`, { body: binding('ClusterRole', 'cluster-admin') }));
    expect((await ask(as('writer'), 'POST', `${inB}/rolebindings`, { body: binding('Role', 'r') })).status).toBe(201);
    await grant(
      {
        namespace: 'b',
        to: ['user:writer'],
        rules: [{ verbs: ['escalate', 'bind'], apiGroups: [GROUP], resources: ['roles'], resourceNames: ['r'] }],
      },
      'escalate-b',
    );
    expect((await ask(as('writer'), 'PUT', `${inB}/roles/r`, { body: role([secrets]) })).status).toBe(200);
    await unlessMore(ask(as('writer'), 'POST', `${inB}/roles`, { body: role([{ ...secrets, verbs: ['list'] }], 'other') }));
  });
});
