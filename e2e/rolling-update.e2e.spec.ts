import { get } from 'node:http';
import { eventually } from './lib/eventually.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

const PER_SECOND = Number(process.env.REQUESTS_PER_SECOND ?? 500);
/** A slow machine gets fewer requests instead of ever more at once. */
const MAX_IN_FLIGHT = 200;

let ns: string;
beforeAll(async () => {
  ns = await makeNamespace('rolling');
});
afterAll(() => dropNamespace(ns));

const manifest = (version: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 6
      containers:
        - name: c
          image: windlass.dev/busybox:1
          command: [sh, -c, "mkdir /w; echo ${version} > /w/index.html; exec httpd -f -p 8080 -h /w"]
          readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 }
          lifecycle: { preStop: { sleep: { seconds: 4 } } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`;
const apply = (version: string) => kubectl(['-n', ns, 'apply', '-f', '-'], manifest(version));

/** One request over a connection of its own. @throws when there is no whole answer with status 200 */
const request = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const call = get(url, { agent: false, timeout: 20_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(body.trim()) : reject(new Error(`status ${response.statusCode}`)),
      );
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer in 20 s')));
    call.on('error', reject);
  });

/** Calls `url` evenly until stopped. */
function load(url: string) {
  const answers = new Map<string, number>();
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();
  const started = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - started) / 1000) * PER_SECOND;
    for (; sent < due; sent++) {
      if (pending.size >= MAX_IN_FLIGHT) continue;
      const at = performance.now() - started;
      const call: Promise<void> = request(url)
        .then(
          (body) => void answers.set(body, (answers.get(body) ?? 0) + 1),
          (error: Error) => void failures.push(`${at.toFixed(0)} ms: ${error.message}`),
        )
        .finally(() => pending.delete(call));
      pending.add(call);
    }
  }, 2);
  return {
    answers,
    failures,
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      return (performance.now() - started) / 1000;
    },
  };
}

test('a rolling update under load loses no request', async () => {
  await apply('one');
  await kubectl(['-n', ns, 'rollout', 'status', 'deployment/web', '--timeout=90s'], undefined, 100_000);
  const { clusterIP } = (await getJson(['-n', ns, 'get', 'service', 'web'])).spec;
  const url = `http://${clusterIP}/`;
  await eventually(() => request(url), 20);
  const { answers, failures, stop } = load(url);
  await eventually(() => (answers.get('one') ?? 0) > 100, 20);
  await apply('two');
  await kubectl(['-n', ns, 'rollout', 'status', 'deployment/web', '--timeout=120s'], undefined, 130_000);
  // The old pods go only now: their end is part of the update.
  await eventually(async () => (await getJson(['-n', ns, 'get', 'pods', '-l', 'app=web'])).items.length === 3, 60);
  const seconds = await stop();
  const all = [...answers.values()].reduce((sum, count) => sum + count, 0);
  if (process.env.REQUESTS_PER_SECOND)
    process.stdout.write(`${all} requests in ${seconds.toFixed(1)} s, ${failures.length} failed\n`);
  expect(failures).toEqual([]);
  expect(Object.fromEntries(answers)).toEqual({ one: expect.any(Number), two: expect.any(Number) });
}, 300_000);
