import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type PeerServer, peerProgram, startPeerServer } from './lib/peer-server.ts';

const KUBECTL = peerProgram('kubernetes-client/usr/bin/kubectl');
const KUBECOLOR = peerProgram('kubecolor/usr/bin/kubecolor');

let peer: PeerServer;
beforeAll(async () => {
  peer = await startPeerServer();
}, 60_000);
afterAll(() => peer?.stop(), 60_000);

describe("Debian's kubectl (1.20)", () => {
  let kubeconfig: string;
  const run = async (args: string[], program = KUBECTL): Promise<string> => {
    kubeconfig ??= await peer.server.kubeconfig('peer', ['system:masters']);
    const env = {
      ...process.env,
      KUBECONFIG: kubeconfig,
      HOME: peer.scratch,
      PATH: `${path.dirname(KUBECTL)}:${process.env.PATH}`,
    };
    return (await promisify(execFile)(program, args, { env, timeout: 25_000 })).stdout;
  };

  test('makes, shows, changes and deletes objects', async () => {
    await run(['create', 'deployment', 'web', '--image=example/web:1', '--replicas=2']);
    expect(await run(['get', 'deployments'])).toMatch(/NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2/);
    await run(['set', 'image', 'deployment/web', 'web=example/web:2']);
    await run(['scale', 'deployment/web', '--replicas=3']);
    await run(['label', 'deployment/web', 'tier=front']);
    await run(['annotate', 'deployment/web', 'note=x']);
    await run(['patch', 'deployment', 'web', '-p', '{"spec":{"paused":true}}']);
    const web = JSON.parse(await run(['get', 'deployment', 'web', '-o', 'json']));
    expect(web).toMatchObject({
      metadata: { labels: { app: 'web', tier: 'front' }, annotations: { note: 'x' } },
      spec: { replicas: 3, paused: true, template: { spec: { containers: [{ image: 'example/web:2' }] } } },
    });
    expect(await run(['get', 'all', '-l', 'tier=front'])).toContain('deployment.apps/web');
    expect(await run(['describe', 'deployment', 'web'])).toMatch(/Replicas: +3 desired/);
    await run(['expose', 'deployment', 'web', '--port=80', '--target-port=8080']);
    expect(await run(['get', 'service', 'web', '-o', 'jsonpath={.spec.ports[0].targetPort}'])).toBe('8080');
    expect(await run(['delete', 'deployment,service', 'web', '--wait'])).toContain('deployment.apps "web" deleted');
  });

  test('applies, in both ways, and tells differences', async () => {
    const file = path.join(peer.scratch, 'map.yaml');
    writeFileSync(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: "1", b: "2"}\n');
    expect(await run(['apply', '-f', file])).toBe('configmap/applied created\n');
    expect(await run(['apply', '-f', file])).toBe('configmap/applied unchanged\n');
    writeFileSync(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: "1"}\n');
    await expect(run(['diff', '-f', file])).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('-  b: "2"') });
    expect(await run(['apply', '-f', file])).toBe('configmap/applied configured\n');
    expect(await run(['get', 'configmap', 'applied', '-o', 'jsonpath={.data}'])).toBe('{"a":"1"}');
    expect(await run(['apply', '--server-side', '--force-conflicts', '-f', file])).toBe('configmap/applied serverside-applied\n');
    expect(await run(['apply', '--dry-run=server', '-f', file])).toContain('(server dry run)');
  });

  test('knows the resources, their fields and the rights of its user', async () => {
    expect(await run(['api-resources', '--verbs=list', '-o', 'name'])).toContain('endpointslices.discovery.k8s.io');
    expect(await run(['api-versions'])).toContain('apps/v1\n');
    expect(await run(['explain', 'pod.spec.containers.image'])).toMatch(/FIELD: +image <string>/);
    expect(await run(['auth', 'can-i', 'create', 'pods'])).toBe('yes\n');
    expect(await run(['version', '--short'])).toMatch(/Server Version: v1\.36/);
    expect(await run(['cluster-info'])).toContain('is running at');
  });

  test('kubecolor paints what it says', async () => {
    const painted = await run(['get', 'namespaces', '--force-colors'], KUBECOLOR);
    expect(painted).toContain('\u001b[');
    expect(painted).toContain('kube-system');
  });
});
