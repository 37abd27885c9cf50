import { eventually } from './lib/eventually.ts';
import { freePort } from './lib/free-port.ts';
import { type Json, type PeerServer, pod, startPeerServer } from './lib/peer-server.ts';

const KUBE_SCHEDULER = process.env.WINDLASS_KUBE_SCHEDULER!;

let peer: PeerServer;
beforeAll(async () => {
  peer = await startPeerServer();
}, 60_000);
afterAll(() => peer?.stop(), 60_000);

test('kube-scheduler (1.20) elects itself, binds pods in protobuf, and says why it cannot', async () => {
  await peer.readyNode('big');
  const kubeconfig = await peer.server.kubeconfig('system:kube-scheduler', []);
  const log = peer.start('kube-scheduler', KUBE_SCHEDULER, [
    `--kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
    `--cert-dir=${peer.scratch}`,
    '--port=0',
    '--authentication-skip-lookup',
    '--leader-elect-resource-lock=leases',
    // It asks for policy/v1beta1, which Kubernetes has not served since 1.25.
    '--feature-gates=PodDisruptionBudget=false',
  ]);
  const pods = '/api/v1/namespaces/default/pods';
  await peer.post(pods, pod('small', { nodeSelector: { 'kubernetes.io/hostname': 'big' } }));
  await peer.post(pods, pod('picky', { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } }));
  try {
    const bound = await eventually(async () => {
      const found = await peer.get(`${pods}/small`);
      return found.spec.nodeName && found;
    });
    expect(bound.spec.nodeName).toBe('big');
    expect(bound.status.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }));
    const picky = await eventually(async () => {
      const found = await peer.get(`${pods}/picky`);
      return found.status.conditions && found;
    });
    expect(picky.status.conditions[0]).toMatchObject({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' });
    const events = await eventually(async () => {
      const { items } = await peer.get('/apis/events.k8s.io/v1/namespaces/default/events');
      const reasons = items.map(({ reason }: { reason: string }) => reason);
      return reasons.includes('Scheduled') && reasons.includes('FailedScheduling') && (items as Json[]);
    });
    expect(events.find(({ reason }: Json) => reason === 'Scheduled')).toMatchObject({
      note: 'Successfully assigned default/small to big',
    });
    const lease = await peer.get('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler');
    expect(lease.spec.holderIdentity).toBeTruthy();
    // The condition that was missing comes about: it hears of it by its watch.
    await peer.http.call('/api/v1/nodes/big', {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { metadata: { labels: { 'kubernetes.io/hostname': 'nowhere' } } },
    });
    expect((await eventually(async () => (await peer.get(`${pods}/picky`)).spec.nodeName)) as string).toBe('big');
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${log().slice(-3000)}`);
  }
}, 120_000);
