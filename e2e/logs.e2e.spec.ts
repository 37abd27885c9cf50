import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FluentServer } from '@fluent-org/logger';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { readJournal } from './lib/journald.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

const { stateDir, fluentdPort, journaldPid } = fixture();
const LINES = 400;
let ns: string;
let server: FluentServer | undefined;
const received: { log: string; kubernetes: Record<string, unknown> }[] = [];

async function listen(): Promise<void> {
  server = new FluentServer({ listenOptions: { port: fluentdPort, host: '0.0.0.0' } });
  server.on('entry', (_tag: string, _time: unknown, data: { log: string; kubernetes: Record<string, unknown> }) => {
    if (data.kubernetes.namespace_name === ns) received.push(data);
  });
  await server.listen();
}

beforeAll(async () => {
  ns = await makeNamespace('logs');
});
afterAll(async () => {
  await server?.close();
  await dropNamespace(ns);
});

test('no line is lost while the daemon is killed twice and the sink is away for 30 s', async () => {
  await listen();
  await kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    `
apiVersion: v1
kind: Pod
metadata: { name: writer, labels: { team: blue } }
spec:
  restartPolicy: Never
  containers:
    - name: c
      image: windlass.dev/busybox:1
      command: [sh, -c, 'i=0; while [ $i -lt ${LINES} ]; do echo "line $i"; i=$((i+1)); sleep 0.1; done']
`,
  );
  const node = await eventually(async () => {
    const pod = await getJson(['-n', ns, 'get', 'pod', 'writer']);
    return pod.status.phase === 'Running' && (pod.spec.nodeName as string);
  });
  await eventually(() => received.length > 20);
  await server!.close();
  const away = Date.now();
  for (let i = 0; i < 2; i++) {
    process.kill(Number(readFileSync(path.join(stateDir, `run/${node}-daemon.pid`), 'utf8').split(/\s/)[0]), 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, 30_000 - (Date.now() - away))));
  await listen();
  await eventually(async () => (await getJson(['-n', ns, 'get', 'pod', 'writer'])).status.phase === 'Succeeded', 60);
  const wanted = Array.from({ length: LINES }, (_, i) => `line ${i}`);
  await eventually(() => wanted.every((line) => received.some(({ log }) => log === line)), 60);
  expect(received[0]!.kubernetes).toMatchObject({
    pod_name: 'writer',
    container_name: 'c',
    host: node,
    labels: { team: 'blue' },
  });
  const { containerStatuses } = (await getJson(['-n', ns, 'get', 'pod', 'writer'])).status;
  expect(containerStatuses[0].restartCount).toBe(0);
  if (!journaldPid) return;
  const entries = readJournal(journaldPid, `KUBERNETES_NAMESPACE_NAME=${ns}`, 'KUBERNETES_POD_NAME=writer');
  const messages = new Set(entries.map((entry) => entry.MESSAGE));
  expect(wanted.filter((line) => !messages.has(line))).toEqual([]);
}, 180_000);

test("a pod's annotation chooses the drivers", async () => {
  await kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    `
apiVersion: v1
kind: Pod
metadata: { name: quiet, annotations: { windlass.dev/log-drivers: none } }
spec:
  restartPolicy: Never
  containers: [{ name: c, image: "windlass.dev/busybox:1", command: [echo, only for kubectl logs] }]
`,
  );
  await eventually(async () => (await getJson(['-n', ns, 'get', 'pod', 'quiet'])).status.phase === 'Succeeded');
  expect(await kubectl(['-n', ns, 'logs', 'quiet'])).toBe('only for kubectl logs\n');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(received.some(({ kubernetes }) => kubernetes.pod_name === 'quiet')).toBe(false);
});
