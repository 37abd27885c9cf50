import { type Client, isConflict, isNotFound, type ResourceRef } from '@windlass/client';
import { formatMicroTime } from '@windlass/meta';
import { type Logger, sleep } from '@windlass/platform';
import type { Lease, Node } from '@windlass/resources';

const LEASES: ResourceRef = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', namespaced: true, kind: 'Lease' };
const NAMESPACE = 'kube-node-lease';
const DURATION_SECONDS = 40;
const RENEW_MS = 10_000;
const RETRY_MS = 1000;

/** Renews the node's lease every ten seconds (KEP-589) until `signal` aborts; sooner after a failure. */
export async function keepLease(
  client: Client,
  node: () => Node | undefined,
  name: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const leases = client.resource<Lease>(LEASES);
  let held: Lease | undefined;
  const spec = () => ({ holderIdentity: name, leaseDurationSeconds: DURATION_SECONDS, renewTime: formatMicroTime(new Date()) });
  const renew = async (): Promise<void> => {
    try {
      held ??= await leases.get({ namespace: NAMESPACE, name }, { signal, timeoutMs: 10_000 });
      held = await leases.update({ ...held, spec: { ...held.spec, ...spec() } }, { signal, timeoutMs: 10_000 });
    } catch (error) {
      held = undefined;
      if (isConflict(error)) return renew();
      if (!isNotFound(error)) throw error;
      const owner = node();
      const ownerReferences = owner && [{ apiVersion: 'v1', kind: 'Node', name, uid: owner.metadata.uid! }];
      held = await leases.create({ metadata: { name, namespace: NAMESPACE, ownerReferences }, spec: spec() } as Lease, {
        signal,
      });
    }
  };
  while (!signal.aborted) {
    let wait = RENEW_MS;
    await renew().catch((err) => {
      wait = RETRY_MS;
      if (!signal.aborted) logger.warn({ err }, 'node lease is not renewed');
    });
    await sleep(wait, signal);
  }
}
