import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Pod } from '@windlass/resources';
import { BUSYBOX, KEEPS_RUNNING, startTestNode, type TestNode } from '../testing/test-node.ts';

const SERVING = 1;
const NOT_SERVING = 2;

/** grpc.health.v1.Health/Check over bare HTTP/2: the status by service name; unknown names are NOT_FOUND (5). */
async function startHealthServer(statuses: Map<string, number>) {
  const asked: string[] = [];
  const server = http2.createServer();
  server.on('stream', (stream, headers) => {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      // A frame of five bytes, then HealthCheckRequest { string service = 1 }.
      const service = Buffer.concat(parts).subarray(7).toString();
      asked.push(`${headers[':path']} ${headers['user-agent']}`);
      const status = statuses.get(service);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status === undefined ? '5' : '0' }));
      stream.end(status === undefined ? undefined : Buffer.from([0, 0, 0, 0, 2, 8, status]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, asked, stop: () => server.close() };
}

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode(26);
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const own = (pod: Pod) => pod.status?.containerStatuses?.[0];
const isReady = (pod: Pod) => own(pod)?.ready === true;

test('gRPC: readiness follows the service that is named, a failed liveness restarts', async () => {
  const statuses = new Map([
    ['', SERVING],
    ['ready', NOT_SERVING],
  ]);
  const server = await startHealthServer(statuses);
  try {
    // On the node's network the probed address is the node's, where the server of this spec listens.
    await node.create('grpc', {
      hostNetwork: true,
      containers: [
        {
          name: 'c',
          image: BUSYBOX,
          command: KEEPS_RUNNING,
          readinessProbe: { grpc: { port: server.port, service: 'ready' }, periodSeconds: 1 },
          livenessProbe: { grpc: { port: server.port }, periodSeconds: 1, failureThreshold: 2 },
        },
      ],
    });
    await node.running('grpc');
    const told = async (text: string) =>
      (await node.events('grpc')).some(({ reason, message }) => reason === 'Unhealthy' && message === text);
    const until = async (text: string) => {
      for (let tries = 0; !(await told(text)); tries++) {
        if (tries > 200) throw new Error(JSON.stringify(await node.events('grpc')));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await until('Readiness probe failed: service unhealthy (responded with "NOT_SERVING")');
    expect(isReady(await node.get('grpc'))).toBe(false);
    statuses.set('ready', SERVING);
    await node.until('grpc', isReady);
    expect(own(await node.get('grpc'))?.restartCount).toBe(0);
    expect(server.asked[0]).toMatch(/^\/grpc\.health\.v1\.Health\/Check kube-probe\/1\.36/);
    statuses.set('', NOT_SERVING);
    const restarted = await node.until('grpc', (pod) => own(pod)?.restartCount === 1, 30);
    statuses.set('', SERVING);
    expect(restarted.metadata.name).toBe('grpc');
    expect(await told('Liveness probe failed: service unhealthy (responded with "NOT_SERVING")')).toBe(true);
    await node.until('grpc', isReady, 30);
  } finally {
    server.stop();
  }
}, 90_000);
