import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

let ns: string;
beforeAll(async () => {
  ns = await makeNamespace('scale');
});
afterAll(() => dropNamespace(ns));

test('load takes the deployment from one to its maximum within a minute, silence takes it back', async () => {
  await kubectl(
    ['-n', ns, 'apply', '-f', '-'],
    `
apiVersion: apps/v1
kind: Deployment
metadata: { name: work }
spec:
  replicas: 1
  selector: { matchLabels: { app: work } }
  template:
    metadata: { labels: { app: work } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: c
          image: windlass.dev/hello:1
          ports: [{ containerPort: 8080 }]
          resources: { requests: { cpu: 50m }, limits: { cpu: 200m, memory: 64Mi } }
---
apiVersion: v1
kind: Service
metadata: { name: work }
spec: { type: NodePort, selector: { app: work }, ports: [{ port: 80, targetPort: 8080 }] }
`,
  );
  await kubectl(['-n', ns, 'rollout', 'status', 'deployment/work', '--timeout=60s']);
  expect(await kubectl(['-n', ns, 'autoscale', 'deployment', 'work', '--min=1', '--max=3', '--cpu-percent=50'])).toMatch(
    'autoscaled',
  );
  await kubectl([
    '-n',
    ns,
    'patch',
    'hpa',
    'work',
    '--type=merge',
    '-p',
    '{"spec":{"behavior":{"scaleDown":{"stabilizationWindowSeconds":15}}}}',
  ]);
  const { nodePort } = (await getJson(['-n', ns, 'get', 'service', 'work'])).spec.ports[0];
  let stop = false;
  const load = async () => {
    while (!stop)
      await fetch(`http://${fixture().nodeIps[0]}:${nodePort}/cgi-bin/work`, {
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(10_000),
      })
        .then((response) => response.text())
        .catch(() => new Promise((resolve) => setTimeout(resolve, 100)));
  };
  const replicas = async () => (await getJson(['-n', ns, 'get', 'deployment', 'work'])).status.replicas as number;
  const started = Date.now();
  const generators = Array.from({ length: 8 }, load);
  try {
    await eventually(async () => (await replicas()) === 3, 60);
  } finally {
    stop = true;
    await Promise.all(generators);
  }
  expect(Date.now() - started).toBeLessThan(60_000);
  await eventually(async () => (await replicas()) === 1, 120);
  expect(await kubectl(['-n', ns, 'get', 'events', '--field-selector=reason=SuccessfulRescale'])).toMatch(/New size: 3/);
}, 240_000);
